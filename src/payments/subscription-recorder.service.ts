import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { RequestContext } from '#core/request-context.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import type { PaymentOperation } from './payment.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { subscriptionNoticesOf, type SubscriptionReadCause } from './subscription-notices.js';
import { SubscriptionNotifier } from './subscription-notifier.js';
import {
  type ReadSubscription,
  SubscriptionReader,
  type SubscriptionObjects,
} from './subscription-reader.stripe.js';
import type { SubscriptionSnapshot } from './subscription-record.js';
import { keptOf, type StoredSubscription, SubscriptionRecordStore } from './subscription-record.store.js';
import { subscriptionView } from './subscription-view.js';
import { untilWritten } from './until-written.js';
import type { SeenEvent } from './withheld-facts.js';

/** Keeps the record of subscriptions right, as `PaymentRecorder` does that of payments. */
@Injectable()
export class SubscriptionRecorder {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly store: SubscriptionRecordStore,
    private readonly payments: PaymentRecordStore,
    private readonly reader: SubscriptionReader,
    private readonly notifier: SubscriptionNotifier,
    private readonly clock: Clock,
  ) {}

  /** Records the subscription that an operation has offered on a page, in the transaction of the operation's outcome. */
  recordOutcome(
    transaction: Transaction,
    snapshot: SubscriptionSnapshot,
    operation: PaymentOperation,
  ): Promise<void> {
    return this.store.insertOutcome(transaction, snapshot, operation);
  }

  /**
   * Brings a subscription up to date with Stripe.
   *
   * @param events those because of which it is done; a failed payment of an older invoice is seen only if one names it
   * @param notifies whether callers are notified of what is new
   * @returns undefined if its Checkout Session is still open and was not recorded yet
   */
  async refreshSubscription(
    context: RequestContext,
    subscriptionId: string,
    events: readonly SeenEvent[] = [],
    notifies = true,
  ): Promise<StoredSubscription | undefined> {
    const known = await this.store.find(subscriptionId);
    const findByOperation = (operationId: string) => this.payments.sessionOfOperation(operationId);
    const sessionId = known
      ? known.sessionId
      : await this.reader.sessionOf(context, subscriptionId, findByOperation);
    if (sessionId === undefined) return undefined;
    return this.refresh(context, { sessionId, subscriptionId }, events, notifies);
  }

  /** Does the same with the subscription of a Checkout Session. */
  refreshSession(
    context: RequestContext,
    sessionId: string,
    events: readonly SeenEvent[] = [],
    notifies = true,
  ): Promise<StoredSubscription> {
    return this.refresh(context, { sessionId, subscriptionId: null }, events, notifies);
  }

  /** Reads the subscription from Stripe, and again if its row has been written in the meantime. */
  private async refresh(
    context: RequestContext,
    { sessionId, subscriptionId }: SubscriptionObjects,
    events: readonly SeenEvent[],
    notifies: boolean,
  ): Promise<StoredSubscription> {
    const after = await untilWritten(async () => {
      const before = await this.store.findEither(sessionId, subscriptionId);
      const read = await this.reader.read(
        context,
        before ? unreadObjects(before, sessionId) : { sessionId, subscriptionId },
        invoiceIdsOf(events),
      );
      const cause = { events, notifies, at: this.clock.now() };
      return this.database.transaction((transaction) => this.write(transaction, before, read, cause));
    });
    if (after.subscriptionId !== null) await this.store.linkFirstPayment(after.subscriptionId);
    return after;
  }

  private async write(
    transaction: Transaction,
    before: StoredSubscription | undefined,
    read: ReadSubscription,
    cause: SubscriptionReadCause,
  ): Promise<StoredSubscription | undefined> {
    const source = before ? afterOf(before, read) : { ...read.snapshot, failedAttempts: {} };
    const { told, withheld } = subscriptionNoticesOf(before, source, read.failures, cause);
    const after = before
      ? await this.store.updateRead(transaction, before, read, {
          isChanged: isVisible(before, read),
          withheld,
        })
      : await this.store.insertRead(transaction, read, withheld);
    if (after) await this.notifier.notify(transaction, after, told);
    return after;
  }
}

/** What has to be read of a recorded subscription: a Checkout Session that is complete does not change any more. */
function unreadObjects(before: StoredSubscription, sessionId: string | null): SubscriptionObjects {
  const { subscriptionId, checkoutStatus } = before;
  const isDone = checkoutStatus === 'complete' && subscriptionId !== null;
  return { sessionId: isDone ? null : (before.sessionId ?? sessionId), subscriptionId };
}

/** Whether callers can see that a subscription has changed. */
function isVisible(before: StoredSubscription, read: ReadSubscription): boolean {
  return !isDeepStrictEqual(subscriptionView(afterOf(before, read)), subscriptionView(before));
}

function afterOf(before: StoredSubscription, { snapshot }: ReadSubscription): StoredSubscription {
  return { ...before, ...snapshot, ...keptOf(before, snapshot) };
}

function invoiceIdsOf(events: readonly SeenEvent[]): string[] {
  return events.flatMap(({ objectId }) => (objectId?.startsWith('in_') ? [objectId] : []));
}
