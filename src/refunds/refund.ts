import type { Owner } from '#core/actor.js';
import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { Problem } from '#core/problem.js';
import { type RequestedAmount, requestedAmountMinor } from '#core/requested-amount.js';

/** Which payment to refund, and how much of it. */
export interface RefundCommand {
  paymentId: string;
  /** All that is left if absent. */
  amount?: RequestedAmount;
  /** The user whose payment it must be; required from a partner. */
  owner?: Owner;
}

/** The properties of a payment that decide how much of it can be refunded, as Stripe reports them. */
export interface RefundablePayment {
  chargeId: string;
  currency: Currency;
  /** 0 for a payment that failed or was not captured. */
  capturedMinor: number;
  /** All refunds, including failed ones. */
  refunds: readonly ExistingRefund[];
}

/** A refund at Stripe, made by us or elsewhere. */
export interface ExistingRefund {
  result: RefundResult;
  amountMinor: number;
  /** Undefined for a refund made elsewhere, such as in Stripe's dashboard. */
  operationId: string | undefined;
  /** Undefined for a Charge without a PaymentIntent. */
  paymentIntentId: string | undefined;
}

/** The amount that an operation has reserved for its refund. */
export interface Reservation {
  operationId: string;
  amountMinor: number;
}

/** How much of a payment is already refunded or reserved. */
export interface Taken {
  /** Refunds without a reservation. */
  elsewhereMinor: number;
  reservedMinor: number;
}

/** The result of a refund. */
export interface Refund {
  id: string;
  result: RefundResult;
  amountMinor: number;
  currency: Currency;
}

/** `OK`: sent to the customer; `PENDING`: may still fail; `KO`: failed or canceled, the money stays with us. */
export type RefundResult = 'OK' | 'PENDING' | 'KO';

const RESULTS: Readonly<Record<string, RefundResult>> = {
  succeeded: 'OK',
  pending: 'PENDING',
  requires_action: 'PENDING',
  failed: 'KO',
  canceled: 'KO',
};

/**
 * Maps the status of a refund at Stripe; a status that Stripe adds later counts as pending.
 * https://docs.stripe.com/api/refunds/object#refund_object-status
 */
export function refundResult(status: string | null): RefundResult {
  return RESULTS[status ?? 'pending'] ?? 'PENDING';
}

/**
 * The requested amount in minor units; undefined for all that is left.
 *
 * @throws {Problem} `invalid-request` if it is not an amount in the payment's currency
 */
export function requestedMinorOf(
  { currency }: RefundablePayment,
  { amount }: RefundCommand,
): number | undefined {
  return amount === undefined
    ? undefined
    : withAmountField('amount', () => requestedAmountMinor(amount, currency));
}

/** How much of a payment is taken, except by the operation itself; `others` are all other reservations. */
export function takenByOthers(
  { refunds }: RefundablePayment,
  others: readonly Reservation[],
  operationId: string,
): Taken {
  const reserved = new Set([operationId, ...others.map((reservation) => reservation.operationId)]);
  const elsewhere = refunds.filter(
    (refund) => refund.result !== 'KO' && !(refund.operationId && reserved.has(refund.operationId)),
  );
  return { elsewhereMinor: sumOf(elsewhere), reservedMinor: sumOf(others) };
}

/**
 * The amount to refund in minor units: the requested amount, or all that is left.
 *
 * @throws {Problem} `refund-not-possible` if nothing, or less than requested, is left
 */
export function refundableMinor(
  { capturedMinor }: RefundablePayment,
  { elsewhereMinor, reservedMinor }: Taken,
  requestedMinor: number | undefined,
): number {
  const leftMinor = capturedMinor - elsewhereMinor - reservedMinor;
  const amountMinor = requestedMinor ?? leftMinor;
  if (leftMinor <= 0 || amountMinor > leftMinor) throw new Problem('refund-not-possible');
  return amountMinor;
}

function sumOf(amounts: readonly { amountMinor: number }[]): number {
  return amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
