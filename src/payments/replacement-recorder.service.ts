import { Injectable } from '@nestjs/common';
import { Problem } from '#core/problem.js';
import type { Transaction } from '../database/database.js';
import { type PaymentOperation, type PaymentSnapshot, statusOf } from './payment.js';
import { OutcomeChanges } from './outcome-changes.service.js';
import { isSessionId } from './payment-ids.js';
import type { PaymentObjects } from './payment-reader.stripe.js';
import { type PaymentFields, PaymentRecordStore } from './payment-record.store.js';
import { ReplacementsStore } from './replacements.store.js';

/** A Checkout page that an operation has opened in place of a PaymentIntent, which it has canceled. */
export interface ReplacedPayment {
  /** Of the record. It stays the same. */
  paymentId: string;
  /** According to the Checkout Session. */
  snapshot: PaymentSnapshot;
  /** Stripe's id of the call. */
  requestId: string | undefined;
}

/** Records the payments that get a Checkout page in place of their PaymentIntent: docs/adr/0025-the-confirm-page.md. */
@Injectable()
export class ReplacementRecorder {
  constructor(
    private readonly store: PaymentRecordStore,
    private readonly replacements: ReplacementsStore,
    private readonly changes: OutcomeChanges,
  ) {}

  /** The objects at Stripe of a payment. One that is not in the record is named by its object. */
  async objectsOf(paymentId: string): Promise<PaymentObjects> {
    const known = await this.store.find(paymentId);
    if (known) return known;
    return isSessionId(paymentId)
      ? { sessionId: paymentId, paymentIntentId: null }
      : { sessionId: null, paymentIntentId: paymentId };
  }

  /** @throws {Problem} `in-progress` while an operation is about to replace the PaymentIntent of a payment */
  async requireNotReplacing(paymentId: string): Promise<void> {
    if (await this.replacements.isReplacing({ paymentId })) throw new Problem('in-progress');
  }

  /** How a payment stands that a page replaces, or is about to; undefined for any other. */
  async replacedPayment(
    paymentId: string,
  ): Promise<{ paymentIntentId: string | null; isWaiting: boolean } | undefined> {
    const known = await this.store.find(paymentId);
    if (!known || known.replacementId === null) return undefined;
    const { paymentIntentId, status } = known;
    if (known.sessionId !== null)
      return { paymentIntentId, isWaiting: paymentIntentId === null && status === 'PENDING' };
    return (await this.replacements.isReplacing(known)) ? { paymentIntentId, isWaiting: true } : undefined;
  }

  /**
   * Call it before anything is sent. From then on, events of the PaymentIntent wait for the outcome: its cancellation is
   * not the end of the payment.
   *
   * @throws {Problem} `in-progress` if another operation has done this, or is at it
   */
  async begin(paymentId: string, operationId: string): Promise<void> {
    if (!(await this.replacements.mark(paymentId, operationId))) throw new Problem('in-progress');
  }

  /** Records it in the transaction of the operation's outcome. */
  async recordOutcome(
    transaction: Transaction,
    { paymentId, snapshot, requestId }: ReplacedPayment,
    { operationId }: Pick<PaymentOperation, 'operationId'>,
  ): Promise<void> {
    const before = await this.store.lockKnown(transaction, paymentId);
    if (!before) return;
    // An event of the page may have been first.
    const change = before.sessionId === null ? replacementOf(snapshot) : {};
    await this.changes.record(transaction, before, change, { operationId, requestId });
  }
}

/** What the payment is read from now. Its caller, its owner and its own id stay. */
function replacementOf(snapshot: PaymentSnapshot): PaymentFields {
  const { stage, checkoutStatus, sessionId, paymentIntentId, chargeId } = snapshot;
  const { feeMinor, netMinor, methodType, cardBrand, cardLast4 } = snapshot;
  const card = { feeMinor, netMinor, methodType, cardBrand, cardLast4 };
  return { stage, status: statusOf(stage), checkoutStatus, sessionId, paymentIntentId, chargeId, ...card };
}
