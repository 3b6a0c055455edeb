import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { Outbox } from '../notifications/outbox.store.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { notificationEntries } from './payment-timeline.js';
import type { SubscriptionFact } from './subscription-facts.js';
import type { RecordedSubscription } from './subscription-record.js';
import { invoiceView, subscriptionView } from './subscription-view.js';

/** Notifies callers of what has become of subscriptions. */
@Injectable()
export class SubscriptionNotifier {
  constructor(
    private readonly outbox: Outbox,
    private readonly payments: PaymentRecordStore,
  ) {}

  /**
   * Adds notifications about a subscription in the transaction of its change, and entries in the timeline of the payment
   * that has started it.
   */
  async notify(
    transaction: Transaction,
    recorded: RecordedSubscription,
    facts: readonly SubscriptionFact[],
  ): Promise<void> {
    if (facts.length === 0) return;
    const subscription = subscriptionView(recorded);
    const { tenant, userId, caller, paymentId, updatedAt: at } = recorded;
    if (paymentId !== null) await this.payments.lockTimeline(transaction, paymentId);
    const ids = await this.outbox.add(
      transaction,
      facts.map(({ type, subject, invoice }) => ({
        type,
        subject,
        at,
        data: { subscription, ...(invoice && { invoice: invoiceView(invoice) }) },
        tenant,
        userId,
        caller,
        paymentId,
      })),
    );
    if (paymentId === null) return;
    const told = facts.map(({ type }, index) => ({ type, id: ids[index] ?? '' }));
    await this.payments.addToTimeline(transaction, paymentId, notificationEntries(at, told));
  }
}
