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
}

/** Records what operations do about disputes. Their later states come with events, as `PaymentRecorder` writes them. */
@Injectable()
export class DisputeRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly changes: OutcomeChanges,
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
    const change = current.status === known.status ? {} : { disputedMinor: disputedMinorOf(disputes) };
    await saveParts(transaction, paymentId, { refunds: [], disputes: [current] });
    await this.changes.record(transaction, before, change, { operationId, requestId }, disputes);
  }
}

/** Whether what is known was read later. A decision is final, and evidence that was sent is not taken back. */
function isLater(known: PaymentDispute, dispute: PaymentDispute): boolean {
  return known.status !== 'OPEN' || known.submissionCount > dispute.submissionCount;
}
