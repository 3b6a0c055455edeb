import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/database.js';
import { type PaymentOperation, type PaymentSnapshot, type PaymentStage, statusOf } from './payment.js';
import { OutcomeChanges } from './outcome-changes.service.js';
import { type PaymentFields, PaymentRecordStore } from './payment-record.store.js';

/** What an operation has learned about the end of a payment from one answer of Stripe's. */
export interface ObservedEnd {
  /** According to the PaymentIntent alone. */
  snapshot: PaymentSnapshot;
  /** The Checkout Session by which the payment was named; null if it was named otherwise. */
  sessionId: string | null;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** A payment stays so, whatever comes later: https://docs.stripe.com/payments/paymentintents/lifecycle */
const LASTING: ReadonlySet<PaymentStage> = new Set(['succeeded', 'canceled', 'expired']);

/** Records the payments that operations capture and cancel. */
@Injectable()
export class EndRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly changes: OutcomeChanges,
  ) {}

  /**
   * Records it in the transaction of the operation's outcome. If an event was first, the state stays. A payment that is
   * not in the record is left to the events.
   */
  async recordOutcome(
    transaction: Transaction,
    { snapshot, sessionId, requestId }: ObservedEnd,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    const { paymentIntentId } = snapshot;
    const before =
      (paymentIntentId === null ? undefined : await this.store.lock(transaction, paymentIntentId)) ??
      (sessionId === null ? undefined : await this.store.lock(transaction, sessionId));
    if (!before) return;
    const change = LASTING.has(before.stage) ? {} : endOf(snapshot);
    await this.changes.record(transaction, before, change, { operationId, requestId });
  }
}

/** What the end of a payment changes in its record. */
function endOf(snapshot: PaymentSnapshot): PaymentFields {
  const { stage, paymentIntentId, chargeId, amountMinor } = snapshot;
  const { feeMinor, netMinor, methodType, cardBrand, cardLast4 } = snapshot;
  const charge = { chargeId, feeMinor, netMinor, methodType, cardBrand, cardLast4 };
  return { stage, status: statusOf(stage), paymentIntentId, amountMinor, ...charge };
}
