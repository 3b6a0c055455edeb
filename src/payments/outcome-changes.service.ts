import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import type { PaymentDispute } from './payment.js';
import { paymentNoticesOf } from './payment-notices.js';
import { PaymentNotifier } from './payment-notifier.js';
import { type PaymentFields, PaymentRecordStore, type StoredPayment } from './payment-record.store.js';
import { requestEntries, type TimelineEntry } from './payment-timeline.js';

/** The operation that has changed a payment. */
export interface ChangedBy {
  operationId: string;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Records what operations change about payments that are in the record, and notifies of it. */
@Injectable()
export class OutcomeChanges {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly notifier: PaymentNotifier,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a change in the transaction of the operation's outcome.
   *
   * @param before what the transaction has locked
   * @param change nothing if an event was first
   * @param disputes as they are after the change; the caller stores them
   */
  async record(
    transaction: Transaction,
    before: StoredPayment,
    change: PaymentFields,
    { operationId, requestId }: ChangedBy,
    disputes: readonly PaymentDispute[] = before.disputes,
  ): Promise<void> {
    const after = { ...before, ...change, disputes: [...disputes] };
    const at = this.clock.now();
    const timeline: TimelineEntry[] = requestEntries(at.toISOString(), operationId, requestId);
    if (after.status !== before.status)
      timeline.push({ at: at.toISOString(), kind: 'change', from: before.status, to: after.status });
    timeline.push(...disputeEntries(at, before.disputes, disputes));
    const { told, withheld } = paymentNoticesOf(before, after, { events: [], scope: 'changes', at });
    const stored = await this.store.changeLocked(transaction, before, change, { timeline, withheld });
    await this.notifier.notify(transaction, { ...stored, disputes: after.disputes }, told);
  }
}

/** The timeline entries of disputes whose status has changed. */
function disputeEntries(
  at: Date,
  before: readonly PaymentDispute[],
  after: readonly PaymentDispute[],
): TimelineEntry[] {
  return after.flatMap(({ disputeId, status: to }) => {
    const from = before.find((known) => known.disputeId === disputeId)?.status;
    if (from === undefined || from === to) return [];
    return [{ at: at.toISOString(), kind: 'change' as const, objectId: disputeId, from, to }];
  });
}
