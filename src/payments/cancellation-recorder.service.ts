import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import type { PaymentOperation } from './payment.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { requestEntries } from './payment-timeline.js';
import { subscriptionNoticesOf } from './subscription-notices.js';
import { SubscriptionNotifier } from './subscription-notifier.js';
import type { SubscriptionEnd } from './subscription-record.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';
import { subscriptionView } from './subscription-view.js';

/** What an operation has learned about the end of a subscription from one answer of Stripe's. */
export interface ObservedCancellation {
  subscriptionId: string;
  end: Omit<SubscriptionEnd, 'checkoutStatus'>;
  /** Stripe's id of the call. */
  requestId: string | undefined;
  /** Of the record before the call was first sent, see {@link CancellationRecorder.revision}; undefined if not known. */
  revision: number | undefined;
}

/** Records the subscriptions that operations cancel. */
@Injectable()
export class CancellationRecorder {
  constructor(
    private readonly subscriptions: SubscriptionRecordStore,
    private readonly payments: PaymentRecordStore,
    private readonly notifier: SubscriptionNotifier,
    private readonly clock: Clock,
  ) {}

  /**
   * Call it before a call is sent for the first time: if the row has changed by the outcome, the answer may be older than
   * the row.
   */
  async revision(subscriptionId: string): Promise<number | undefined> {
    return (await this.subscriptions.find(subscriptionId))?.revision;
  }

  /**
   * Records it in the transaction of the operation's outcome. A subscription that has ended stays so. A later end can be
   * changed again: if the row has changed since the call was first sent, the event of the cancellation reads it.
   */
  async recordOutcome(
    transaction: Transaction,
    { subscriptionId, end, requestId, revision }: ObservedCancellation,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    const before = await this.subscriptions.lock(transaction, subscriptionId);
    if (!before || (end.endedAt === null && before.revision !== revision)) return;
    const expected = { ...before, ...end };
    if (isDeepStrictEqual(subscriptionView(expected), subscriptionView(before))) return;
    const at = this.clock.now();
    const cause = { events: [], notifies: true, at };
    const { told, withheld } = subscriptionNoticesOf(before, expected, [], cause);
    const after = await this.subscriptions.changeLocked(transaction, before, end, withheld);
    if (after.paymentId !== null) {
      await this.payments.lockTimeline(transaction, after.paymentId);
      const entries = requestEntries(at.toISOString(), operationId, requestId);
      await this.payments.addToTimeline(transaction, after.paymentId, entries);
    }
    await this.notifier.notify(transaction, after, told);
  }
}
