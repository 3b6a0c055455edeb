import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { Outbox } from '../notifications/outbox.store.js';
import type { SubscriptionFact } from './subscription-facts.js';
import type { RecordedSubscription } from './subscription-record.js';
import { invoiceView, subscriptionView } from './subscription-view.js';

/** Notifies callers of what has become of subscriptions. */
@Injectable()
export class SubscriptionNotifier {
  constructor(private readonly outbox: Outbox) {}

  /** Adds notifications about a subscription in the transaction of its change. */
  async notify(
    transaction: Transaction,
    recorded: RecordedSubscription,
    facts: readonly SubscriptionFact[],
  ): Promise<void> {
    const subscription = subscriptionView(recorded);
    const { tenant, userId, caller, paymentId, updatedAt: at } = recorded;
    await this.outbox.add(
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
  }
}
