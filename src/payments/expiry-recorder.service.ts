import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import { EXPIRED, type PaymentOperation } from './payment.js';
import { OutcomeChanges } from './outcome-changes.service.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { subscriptionNoticesOf } from './subscription-notices.js';
import { SubscriptionNotifier } from './subscription-notifier.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';

/** A Checkout Session that has expired. */
export interface ExpiredSession {
  sessionId: string;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Records the Checkout Sessions that operations expire. A session that has expired stays so. */
@Injectable()
export class ExpiryRecorder {
  constructor(
    private readonly payments: PaymentRecordStore,
    private readonly changes: OutcomeChanges,
    private readonly subscriptions: SubscriptionRecordStore,
    private readonly subscriptionNotifier: SubscriptionNotifier,
    private readonly clock: Clock,
  ) {}

  /**
   * Records it in the transaction of the operation's outcome. What is not in the record is left to the events. The
   * subscription is locked before its payment, as events do.
   */
  async recordOutcome(
    transaction: Transaction,
    { sessionId, requestId }: ExpiredSession,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    await this.expireSubscription(transaction, sessionId);
    const before = await this.payments.lock(transaction, sessionId);
    if (before?.checkoutStatus !== 'open') return;
    await this.changes.record(transaction, before, EXPIRED, { operationId, requestId });
  }

  private async expireSubscription(transaction: Transaction, sessionId: string): Promise<void> {
    const before = await this.subscriptions.lock(transaction, sessionId);
    if (before?.checkoutStatus !== 'open') return;
    const end = { status: 'EXPIRED', checkoutStatus: 'expired' } as const;
    const cause = { events: [], notifies: true, at: this.clock.now() };
    const { told, withheld } = subscriptionNoticesOf(before, { ...before, ...end }, [], cause);
    const after = await this.subscriptions.changeLocked(transaction, before, end, withheld);
    await this.subscriptionNotifier.notify(transaction, after, told);
  }
}
