import { Injectable } from '@nestjs/common';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import { disputedMinorOf, type PaymentDispute, type PaymentOperation } from './payment.js';
import { paymentNoticesOf } from './payment-notices.js';
import { PaymentNotifier } from './payment-notifier.js';
import { saveParts } from './payment-parts.store.js';
import { PaymentRecordStore } from './payment-record.store.js';
import { requestEntries, type TimelineEntry } from './payment-timeline.js';

/** What an operation has learned about a dispute of the record from one answer of Stripe's. */
export interface ObservedDispute {
  paymentId: string;
  dispute: PaymentDispute;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Records what operations do about disputes. Their later states come with events, as `PaymentRecorder` writes them. */
@Injectable()
export class DisputeRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly notifier: PaymentNotifier,
    private readonly clock: Clock,
  ) {}

  /** Records a dispute in the transaction of its operation's outcome. If an event was first, the state stays. */
  async recordOutcome(
    transaction: Transaction,
    { paymentId, dispute, requestId }: ObservedDispute,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    await this.store.lockTimeline(transaction, paymentId);
    const before = await this.store.find(paymentId, undefined, transaction);
    const known = before?.disputes.find(({ disputeId }) => disputeId === dispute.disputeId);
    if (!before || !known) return;
    const current = isLater(known, dispute) ? known : dispute;
    const disputes = before.disputes.map((other) => (other === known ? current : other));
    const at = this.clock.now();
    const isDecided = current.status !== known.status;
    const timeline: TimelineEntry[] = requestEntries(at.toISOString(), operationId, requestId);
    if (isDecided) {
      const { disputeId: objectId, status: to } = current;
      timeline.push({ at: at.toISOString(), kind: 'change', objectId, from: known.status, to });
    }
    const cause = { events: [], scope: 'changes', at } as const;
    const { told, withheld } = paymentNoticesOf(before, { ...before, disputes }, cause);
    const change = isDecided ? { disputedMinor: disputedMinorOf(disputes) } : {};
    const after = await this.store.changeLocked(transaction, before, change, { timeline, withheld });
    await saveParts(transaction, paymentId, { refunds: [], disputes: [current] });
    await this.notifier.notify(transaction, { ...after, disputes }, told);
  }
}

/** Whether what is known was read later. A decision is final, and evidence that was sent is not taken back. */
function isLater(known: PaymentDispute, dispute: PaymentDispute): boolean {
  return known.status !== 'OPEN' || known.submissionCount > dispute.submissionCount;
}
