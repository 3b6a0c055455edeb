import { withAmountField } from '#core/with-amount-field.js';
import type { Currency } from '#core/currency.js';
import { parseDecimalAmount } from '#core/money.js';
import { Problem } from '#core/problem.js';

/** Which payment to give back, and how much of it. */
export interface RefundCommand {
  paymentId: string;
  /** A decimal such as "1.00", in the payment's own currency; all that is left when absent. */
  amount?: string;
}

/** A payment as far as refunds go, as it is at Stripe. */
export interface RefundablePayment {
  chargeId: string;
  currency: Currency;
  /** What has really been taken; 0 for a payment that failed or was never captured. */
  capturedMinor: number;
  /** Every refund of it, failed ones included. */
  refunds: readonly MadeRefund[];
}

/** A refund that exists at Stripe, whoever made it. */
export interface MadeRefund {
  result: RefundResult;
  amountMinor: number;
  /** The operation that made it; undefined for one made elsewhere, such as in Stripe's dashboard. */
  operationId: string | undefined;
}

/** What an operation may refund. */
export interface Reservation {
  operationId: string;
  amountMinor: number;
}

/** What of a payment is taken already. */
export interface Taken {
  /** By refunds without a reservation. */
  elsewhereMinor: number;
  reservedMinor: number;
}

/** Money on its way back, or not. */
export interface Refund {
  id: string;
  result: RefundResult;
  amountMinor: number;
  currency: Currency;
}

/** `OK` has been sent to the customer, `PENDING` may still fail, `KO` stays with us. */
export type RefundResult = 'OK' | 'PENDING' | 'KO';

const RESULTS: Readonly<Record<string, RefundResult>> = {
  succeeded: 'OK',
  pending: 'PENDING',
  requires_action: 'PENDING',
  failed: 'KO',
  canceled: 'KO',
};

/**
 * What a status of Stripe's means to the caller; what Stripe may add later is not final.
 * https://docs.stripe.com/api/refunds/object#refund_object-status
 */
export function refundResult(status: string | null): RefundResult {
  return RESULTS[status ?? 'pending'] ?? 'PENDING';
}

/**
 * The minor units that a command asks for; undefined for all that is left.
 *
 * @throws {Problem} `invalid-request` for what is not an amount of the payment's currency
 */
export function askedMinorOf({ currency }: RefundablePayment, { amount }: RefundCommand): number | undefined {
  return amount === undefined
    ? undefined
    : withAmountField('amount', () => parseDecimalAmount(amount, currency));
}

/** What is taken of a payment without what `operationId` itself has taken; `others` are all other reservations. */
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
 * The minor units to give back: those asked for, or all that is left.
 *
 * @throws {Problem} `refund-not-possible` where that much, or anything at all, is not left
 */
export function refundableMinor(
  { capturedMinor }: RefundablePayment,
  { elsewhereMinor, reservedMinor }: Taken,
  askedMinor: number | undefined,
): number {
  const leftMinor = capturedMinor - elsewhereMinor - reservedMinor;
  const amountMinor = askedMinor ?? leftMinor;
  if (leftMinor <= 0 || amountMinor > leftMinor) throw new Problem('refund-not-possible');
  return amountMinor;
}

function sumOf(amounts: readonly { amountMinor: number }[]): number {
  return amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
