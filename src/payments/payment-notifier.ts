import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import type { NotificationFact } from '../notifications/notification.js';
import { Outbox } from '../notifications/outbox.store.js';
import type { RecordedPayment } from './payment.js';
import { callbackOf } from './payment-callback.js';
import type { PaymentFact } from './payment-facts.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { notificationEntries } from './payment-timeline.js';
import { disputeView, paymentView, refundView } from './payment-view.js';

/** Notifies callers of what has become of payments. */
@Injectable()
export class PaymentNotifier {
  constructor(
    private readonly outbox: Outbox,
    private readonly store: PaymentRecordStore,
  ) {}

  /** Adds notifications about a payment and their timeline entries in the transaction of its change. */
  async notify(
    transaction: Transaction,
    payment: RecordedPayment,
    facts: readonly PaymentFact[],
  ): Promise<void> {
    const contractId = await this.contractIdOf(transaction, payment);
    const ids = await this.outbox.add(transaction, notificationsOf(payment, facts, contractId));
    const told = facts.map(({ type }, index) => ({ type, id: ids[index] ?? '' }));
    await this.store.addToTimeline(
      transaction,
      payment.paymentId,
      notificationEntries(payment.updatedAt, told),
    );
  }

  /** The id that `/pay` has returned: of a renewal, that of the session with which the subscription was started. */
  private async contractIdOf(transaction: Transaction, payment: RecordedPayment): Promise<string> {
    const { paymentId, subscriptionId, sessionId } = payment;
    if (subscriptionId === null || sessionId !== null) return paymentId;
    return (await this.store.sessionOfSubscription(transaction, subscriptionId)) ?? paymentId;
  }
}

/**
 * The notifications about facts of a payment.
 *
 * @param contractId the id that `/pay` has returned
 */
export function notificationsOf(
  payment: RecordedPayment,
  facts: readonly PaymentFact[],
  contractId: string,
): NotificationFact[] {
  const view = paymentView(payment);
  const { tenant, userId, caller, paymentId, updatedAt: at, currency } = payment;
  return facts.map(({ type, subject, refund, dispute }) => ({
    type,
    subject,
    at,
    data: {
      payment: view,
      ...(refund && { refund: refundView(refund, currency) }),
      ...(dispute && { dispute: disputeView(dispute, currency) }),
    },
    tenant,
    userId,
    caller,
    paymentId,
    callback: callbackOf(type, payment, contractId),
  }));
}
