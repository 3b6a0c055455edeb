import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import type { RequestContext } from '#core/request-context.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import {
  paymentIdOf,
  type PaymentOperation,
  type PaymentRefund,
  type PaymentSnapshot,
  type RecordedPayment,
  statusOf,
} from './payment.js';
import { changeOf } from './payment-change.js';
import { type FactSource, factsOf } from './payment-facts.js';
import { type NoticeScope, paymentNoticesOf, type ReadCause } from './payment-notices.js';
import type { OperationEnd } from '../operations/operation.js';
import { type ChargeRecord, FinishedChargeStore } from './finished-charge.store.js';
import { notificationsOf, PaymentNotifier } from './payment-notifier.js';
import { type PaymentObjects, PaymentReader, type ReadPayment } from './payment-reader.stripe.js';
import { PaymentRecordStore, type StoredPayment } from './payment-record.store.js';
import { requestEntries, type TimelineEntry } from './payment-timeline.js';
import { paymentView } from './payment-view.js';
import { type NamedPayment, ReplacementPages } from './replacement-pages.stripe.js';
import { ReplacementsStore } from './replacements.store.js';
import { SubscriptionRecordStore } from './subscription-record.store.js';
import { untilWritten } from './until-written.js';
import type { SeenEvent } from './withheld-facts.js';

/** What an operation has learned about its payment from one answer of Stripe's. */
export interface ObservedPayment {
  snapshot: PaymentSnapshot;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Keeps the record of payments right: docs/adr/0012-record-of-payments.md. */
@Injectable()
export class PaymentRecorder {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly store: PaymentRecordStore,
    private readonly charges: FinishedChargeStore,
    private readonly reader: PaymentReader,
    private readonly notifier: PaymentNotifier,
    private readonly subscriptions: SubscriptionRecordStore,
    private readonly replacements: ReplacementsStore,
    private readonly pages: ReplacementPages,
    private readonly clock: Clock,
  ) {}

  /** Records the payment that an operation has started, in the transaction of the operation's outcome. */
  async recordOutcome(
    transaction: Transaction,
    { snapshot, requestId }: ObservedPayment,
    { operationId, caller }: PaymentOperation,
  ): Promise<void> {
    const timeline = outcomeEntries(this.clock.now(), { snapshot, requestId }, operationId);
    const inserted = await this.store.insertOutcome(transaction, snapshot, { operationId, caller }, timeline);
    if (inserted) await this.notifier.notify(transaction, inserted, factsOf(undefined, inserted));
  }

  /**
   * Ends an operation and records the PaymentIntent that it has charged, with one statement.
   *
   * @returns false if the operation's lease is lost; nothing is stored then
   */
  finishCharge(end: OperationEnd, charged: ObservedPayment): Promise<boolean> {
    return this.charges.finish(end, () => recordOf(end, charged));
  }

  /**
   * Brings the payment of a Checkout Session up to date with Stripe.
   *
   * @param events those because of which it is done
   * @returns undefined if the session only saves a card
   */
  async refreshSession(
    context: RequestContext,
    sessionId: string,
    events: readonly SeenEvent[],
    scope: NoticeScope = 'changes',
  ): Promise<StoredPayment | undefined> {
    const objects = ofSession(sessionId);
    if (await this.store.find(sessionId)) return this.refresh(context, objects, events, scope);
    const session = await this.reader.paymentSession(context, sessionId);
    return session && this.refresh(context, objects, events, scope, session);
  }

  /** Does the same with the payment of a PaymentIntent. */
  async refreshIntent(
    context: RequestContext,
    paymentIntentId: string,
    events: readonly SeenEvent[],
    scope: NoticeScope = 'changes',
  ): Promise<StoredPayment> {
    const known = await this.store.find(paymentIntentId);
    const findByOperation = (operationId: string) => this.store.sessionOfOperation(operationId);
    const sessionId = known
      ? known.sessionId
      : await this.reader.sessionOf(context, paymentIntentId, findByOperation);
    // The payment may have got a Checkout page in place of this PaymentIntent.
    const current = known ? known.paymentIntentId : paymentIntentId;
    return this.refresh(context, { sessionId: sessionId ?? null, paymentIntentId: current }, events, scope);
  }

  /**
   * Records the page that has taken the place of a canceled PaymentIntent, as a restored backup may lack it.
   *
   * @returns false if there is none; nothing is written then
   */
  async recordPage(context: RequestContext, paymentIntentId: string): Promise<boolean> {
    const hasPage = (await this.pages.find(context, paymentIntentId)) !== undefined;
    if (hasPage) await this.refreshIntent(context, paymentIntentId, []);
    return hasPage;
  }

  /** Does the same with a payment of the record, without events. */
  refreshKnown(
    context: RequestContext,
    { sessionId, paymentIntentId }: PaymentObjects,
    scope: NoticeScope,
  ): Promise<StoredPayment> {
    return this.refresh(context, { sessionId, paymentIntentId }, [], scope);
  }

  /**
   * Reads the payment from Stripe, and again if its row has been written in the meantime.
   *
   * @param session what was read of a payment that was not in the record
   */
  private async refresh(
    context: RequestContext,
    objects: PaymentObjects,
    events: readonly SeenEvent[],
    scope: NoticeScope,
    session?: Awaited<ReturnType<PaymentReader['paymentSession']>>,
  ): Promise<StoredPayment> {
    let { sessionId, paymentIntentId } = objects;
    const after = await untilWritten(async () => {
      const known = await this.store.findEither(sessionId, paymentIntentId);
      if (known) await this.requireNotReplacing(known);
      const given = { sessionId, paymentIntentId };
      const current = known ? objectsOf(known, given) : given;
      // It may be older than a row that has been inserted in the meantime.
      const read = await this.reader.read(context, current, known ? undefined : session);
      ({ sessionId, paymentIntentId } = read.snapshot);
      const pageId = await this.findPage(context, read);
      if (pageId !== undefined) {
        // A restored backup lacks it. The cancellation is not the end of the payment then, unless the page is that of another one.
        const paid = await this.refresh(context, ofSession(pageId), events, scope);
        if (paid.paymentId === paymentIntentId) return paid;
      }
      const before = known ?? (await this.findReplaced(context, read));
      const cause = { events, scope, at: this.clock.now() };
      return this.database.transaction((transaction) =>
        before ? this.update(transaction, before, read, cause) : this.insert(transaction, read, cause),
      );
    });
    if (after.subscriptionId !== null) await this.subscriptions.linkFirstPayment(after.subscriptionId);
    return after;
  }

  /** The page in place of a PaymentIntent that was read; undefined if there is none, and for one that is a payment of its own. */
  private async findPage(
    context: RequestContext,
    { snapshot: { paymentIntentId }, mayHavePage }: ReadPayment,
  ): Promise<string | undefined> {
    if (!mayHavePage || paymentIntentId === null) return undefined;
    const pageId = await this.pages.find(context, paymentIntentId);
    return pageId === undefined || (await this.store.find(pageId)) ? undefined : pageId;
  }

  /** The payment that a page of no known payment belongs to, as its operation has not stored it, and may never do so. */
  private async findReplaced(
    context: RequestContext,
    { snapshot, operationId, named }: ReadPayment,
  ): Promise<StoredPayment | undefined> {
    const { sessionId, paymentIntentId } = snapshot;
    if (sessionId === null || operationId === null) return undefined;
    const marked = await this.store.findReplaced(operationId);
    if (!marked && !named) return undefined;
    // Earlier versions have recorded what was tried on such a page as a payment of its own.
    const own = await this.store.findEither(sessionId, paymentIntentId);
    return own ?? marked ?? (named && this.markReplaced(context, named, operationId)) ?? undefined;
  }

  /** A restored backup may lack that a page has taken the place of a PaymentIntent, and its payment, too. */
  private async markReplaced(
    context: RequestContext,
    named: NamedPayment,
    operationId: string,
  ): Promise<StoredPayment | undefined> {
    if (!(await this.pages.hasReplaced(context, named))) return undefined;
    if (!(await this.store.find(named.paymentId))) await this.insertReplaced(context, named.paymentId);
    if (await this.replacements.mark(named.paymentId, operationId))
      return this.store.findReplaced(operationId);
    if (await this.replacements.isReplacing(named)) throw new Problem('in-progress');
    return undefined;
  }

  /** As open, because the payment goes on. */
  private async insertReplaced(context: RequestContext, paymentIntentId: string): Promise<void> {
    const canceled = await this.reader.read(context, { sessionId: null, paymentIntentId });
    const read: ReadPayment = { ...canceled, snapshot: { ...canceled.snapshot, stage: 'open' } };
    const timeline = changeEntries(this.clock.now().toISOString(), undefined, read);
    await this.database.transaction((transaction) => this.store.insertRead(transaction, read, timeline, []));
  }

  /** In between, its PaymentIntent is canceled and the page is not known yet. */
  private async requireNotReplacing(payment: StoredPayment): Promise<void> {
    const mayBe = payment.replacementId !== null && payment.sessionId === null;
    if (mayBe && (await this.replacements.isReplacing(payment))) throw new Problem('in-progress');
  }

  private async insert(
    transaction: Transaction,
    read: ReadPayment,
    cause: ReadCause,
  ): Promise<StoredPayment | undefined> {
    const at = cause.at.toISOString();
    const timeline = [...eventEntries(at, cause.events), ...changeEntries(at, undefined, read)];
    const { told, withheld } = paymentNoticesOf(undefined, sourceOf(read), cause);
    const after = await this.store.insertRead(transaction, read, timeline, withheld);
    if (after) await this.notifier.notify(transaction, after, told);
    return after;
  }

  private async update(
    transaction: Transaction,
    before: StoredPayment,
    read: ReadPayment,
    cause: ReadCause,
  ): Promise<StoredPayment | undefined> {
    const at = cause.at.toISOString();
    const known = new Set(before.timeline.map(({ eventId }) => eventId));
    const timeline = [
      ...eventEntries(
        at,
        cause.events.filter(({ id }) => !known.has(id)),
      ),
      ...changeEntries(at, before, read),
    ];
    const { told, withheld } = paymentNoticesOf(
      before,
      { ...sourceOf(read), paymentId: before.paymentId },
      cause,
    );
    const isChanged = isVisible(before, read);
    const after = await this.store.updateRead(transaction, before, read, timeline, { isChanged, withheld });
    if (after) await this.notifier.notify(transaction, after, told);
    return after;
  }
}

/**
 * What a payment of the record is read from. The PaymentIntent that a page has replaced is none of it, although whoever asks may
 * have known it before: it is canceled, and the payment goes on. Such a payment has kept the id of that PaymentIntent.
 */
function objectsOf(before: StoredPayment, given: PaymentObjects): PaymentObjects {
  const isReplaced = before.sessionId !== null && given.paymentIntentId === before.paymentId;
  return {
    sessionId: before.sessionId ?? given.sessionId,
    paymentIntentId: before.paymentIntentId ?? (isReplaced ? null : given.paymentIntentId),
  };
}

function ofSession(sessionId: string): PaymentObjects {
  return { sessionId, paymentIntentId: null };
}

/** What decides about notifications. */
function sourceOf({ snapshot, refunds, disputes }: ReadPayment): FactSource {
  const { type, stage, checkoutStatus } = snapshot;
  const paymentId = paymentIdOf(snapshot);
  return { paymentId, type, stage, status: statusOf(stage), checkoutStatus, refunds, disputes };
}

/** Whether callers can see that a payment has changed. */
function isVisible(before: StoredPayment, read: ReadPayment): boolean {
  const after: RecordedPayment = {
    ...before,
    ...changeOf(before, read),
    refunds: read.refunds.toSorted(byRefundAge),
    disputes: read.disputes.toSorted((a, b) => compare(a.disputeId, b.disputeId)),
  };
  return !isDeepStrictEqual(paymentView(after), paymentView(before)) || before.stage !== after.stage;
}

function byRefundAge(a: PaymentRefund, b: PaymentRefund): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || compare(a.refundId, b.refundId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** What is recorded of a PaymentIntent that an operation has charged. */
function recordOf(
  { operationId, caller, finishedAt }: OperationEnd,
  { snapshot, requestId }: ObservedPayment,
): ChargeRecord {
  // The snapshot comes last: V8 takes 40 us longer to add properties behind it.
  const payment: RecordedPayment = {
    paymentId: paymentIdOf(snapshot),
    status: statusOf(snapshot.stage),
    operationId,
    caller,
    // The statement looks up the owner of the customer.
    tenant: null,
    userId: null,
    refundedMinor: 0,
    disputedMinor: 0,
    updatedAt: finishedAt,
    version: 1,
    refunds: [],
    disputes: [],
    ...snapshot,
  };
  return {
    payment,
    timeline: outcomeEntries(finishedAt, { snapshot, requestId }, operationId),
    notifications: notificationsOf(payment, factsOf(undefined, payment), payment.paymentId),
  };
}

/** What an operation adds to the timeline of the payment that it has started. */
function outcomeEntries(
  now: Date,
  { snapshot, requestId }: ObservedPayment,
  operationId: string,
): TimelineEntry[] {
  const at = now.toISOString();
  return [
    ...requestEntries(at, operationId, requestId),
    { at, kind: 'change', from: null, to: statusOf(snapshot.stage) },
  ];
}

function eventEntries(at: string, events: readonly SeenEvent[]): TimelineEntry[] {
  return events.map(({ id, type }) => ({ at, kind: 'event', eventId: id, type }));
}

/** The status changes of a payment, its refunds and its disputes. */
function changeEntries(at: string, before: StoredPayment | undefined, read: ReadPayment): TimelineEntry[] {
  const statuses = new Map<string | undefined, string>([
    ...(before ? [[undefined, before.status] as const] : []),
    ...(before?.refunds ?? []).map(({ refundId, status }) => [refundId, status] as const),
    ...(before?.disputes ?? []).map(({ disputeId, status }) => [disputeId, status] as const),
  ]);
  const current: { objectId?: string; to: string }[] = [
    { to: statusOf(read.snapshot.stage) },
    ...read.refunds.map(({ refundId, status }) => ({ objectId: refundId, to: status })),
    ...read.disputes.map(({ disputeId, status }) => ({ objectId: disputeId, to: status })),
  ];
  return current
    .filter(({ objectId, to }) => statuses.get(objectId) !== to)
    .map((entry) => ({ at, kind: 'change', from: statuses.get(entry.objectId) ?? null, ...entry }));
}
