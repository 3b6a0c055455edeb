import { withAmountOf } from '../core/amount-problem.js';
import type { Currency } from '../core/currency.js';
import { parseDecimalAmount } from '../core/money.js';
import { Problem } from '../core/problem.js';

/** Which payment to give back, and how much of it. */
export interface RefundCommand {
  paymentId: string;
  /** A decimal such as "1.00", in the payment's own currency; all that is left when absent. */
  amount?: string;
}

/** A payment as far as refunds go. */
export interface RefundablePayment {
  chargeId: string;
  currency: Currency;
  /** What has really been taken; 0 for a payment that failed or was never captured. */
  paidMinor: number;
  refundedMinor: number;
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
 * The minor units to give back. An amount over what is left is left to Stripe to refuse: only there it is known.
 *
 * @throws {Problem} `refund-not-possible` for an unpaid payment or nothing left of it, `invalid-request` for
 *   what is not an amount of the payment's currency
 */
export function refundAmountMinor(payment: RefundablePayment, amount: string | undefined): number {
  const { paidMinor, refundedMinor, currency } = payment;
  if (paidMinor === 0) throw new Problem('refund-not-possible');
  if (amount !== undefined) return withAmountOf('amount', () => parseDecimalAmount(amount, currency));
  if (paidMinor === refundedMinor) throw new Problem('refund-not-possible');
  return paidMinor - refundedMinor;
}
