import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { Outbox } from '../notifications/outbox.store.js';
import type { RecordedPayment } from './payment.js';
import type { PaymentFact } from './payment-facts.js';
import type { TimelineEntry } from './payment-timeline.js';
import { disputeView, paymentView, refundView } from './payment-view.js';

/** Notifies callers of what has become of payments. */
@Injectable()
export class PaymentNotifier {
  constructor(private readonly outbox: Outbox) {}

  /** Adds notifications about a payment in the transaction of its change. @returns what they add to its timeline */
  async notify(
    transaction: Transaction,
    payment: RecordedPayment,
    facts: readonly PaymentFact[],
  ): Promise<TimelineEntry[]> {
    const view = paymentView(payment);
    const { tenant, userId, caller, paymentId, updatedAt: at, currency } = payment;
    const ids = await this.outbox.add(
      transaction,
      facts.map(({ type, subject, refund, dispute }) => ({
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
      })),
    );
    return facts.map(({ type }, index) => ({
      at: at.toISOString(),
      kind: 'notification',
      notificationId: ids[index] ?? '',
      type,
    }));
  }
}
