import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { disputedMinorOf, type PaymentDispute, type PaymentOperation } from './payment.js';
import { OutcomeChanges } from './outcome-changes.service.js';
import { saveParts } from './payment-parts.store.js';
import { PaymentRecordStore } from './payment-record.store.js';

/** What an operation has learned about a dispute of the record from one answer of Stripe's. */
export interface ObservedDispute {
  paymentId: string;
  dispute: PaymentDispute;
  /** Stripe's id of the call. */
  requestId: string | undefined;
  /** Of the record before the call was first sent, see {@link DisputeRecorder.revision}; undefined if not known. */
  revision: number | undefined;
}

/** Records what operations do about disputes. Their later states come with events, as `PaymentRecorder` writes them. */
@Injectable()
export class DisputeRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly changes: OutcomeChanges,
  ) {}

  /**
   * Call it before a call is sent for the first time: if the row of the payment has changed by the outcome, the answer may be
   * older than the row.
   */
  async revision(paymentId: string): Promise<number | undefined> {
    return (await this.store.find(paymentId))?.revision;
  }

  /**
   * Records a dispute in the transaction of its operation's outcome. A decision is final, and so is a submission of
   * evidence. Anything else can change again: if the row has changed since the call was first sent, the event of the change
   * reads it.
   */
  async recordOutcome(
    transaction: Transaction,
    { paymentId, dispute, requestId, revision }: ObservedDispute,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    await this.store.lockTimeline(transaction, paymentId);
    const before = await this.store.find(paymentId, undefined, transaction);
    const known = before?.disputes.find(({ disputeId }) => disputeId === dispute.disputeId);
    if (!before || !known) return;
    const isNewer = isLater(dispute, known) || before.revision === revision;
    const current = known.status === 'OPEN' && isNewer ? dispute : known;
    const disputes = before.disputes.map((other) => (other === known ? current : other));
    const change = current.status === known.status ? {} : { disputedMinor: disputedMinorOf(disputes) };
    await saveParts(transaction, paymentId, { refunds: [], disputes: [current] });
    await this.changes.record(transaction, before, change, { operationId, requestId }, disputes);
  }
}

/** Whether a dispute must have been read after the other one. */
function isLater(dispute: PaymentDispute, other: PaymentDispute): boolean {
  return dispute.status !== 'OPEN' || dispute.submissionCount > other.submissionCount;
}
