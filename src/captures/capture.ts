import type { Owner } from '#core/actor.js';
import type { Currency } from '#core/currency.js';
import { AmountOutOfRangeError } from '#core/money.js';
import { Problem } from '#core/problem.js';
import { type RequestedAmount, requestedAmountMinor } from '#core/requested-amount.js';
import { withAmountField } from '#core/with-amount-field.js';

/** A payment that is not decided yet, to be captured or canceled. */
export interface OpenPaymentCommand {
  paymentId: string;
  /** The user whose payment it must be; required from a partner. */
  owner?: Owner;
}

/** How much of an authorized payment to capture. */
export interface CaptureCommand extends OpenPaymentCommand {
  /** All that is authorized if absent. The rest is released. */
  amount?: RequestedAmount;
}

/** A payment as Stripe has it. https://docs.stripe.com/api/payment_intents/object */
export interface OpenPayment {
  paymentIntentId: string;
  /** The Checkout Session by which it was named. */
  sessionId: string | null;
  isAuthorized: boolean;
  isCancelable: boolean;
  capturableMinor: number;
  currency: Currency;
}

/** What became of a payment that was captured or canceled. */
export interface PaymentEnd {
  /** The id of the PaymentIntent, or of the Checkout page that was in its place. */
  id: string;
  status: 'succeeded' | 'canceled';
  /** What was captured; of a canceled payment, what it was for. */
  amountMinor: number;
  currency: string;
}

/**
 * The amount to capture in minor units.
 *
 * @throws {Problem} `invalid-state` if nothing is authorized, `invalid-request` if it is not an amount in the payment's
 *   currency, `amount-out-of-range` if it is more than what is authorized
 */
export function captureAmountMinor(payment: OpenPayment, { amount }: CaptureCommand): number {
  const { isAuthorized, capturableMinor, currency } = payment;
  if (!isAuthorized) throw new Problem('invalid-state');
  if (amount === undefined) return capturableMinor;
  return withAmountField('amount', () => {
    const amountMinor = requestedAmountMinor(amount, currency);
    if (amountMinor > capturableMinor) {
      throw new AmountOutOfRangeError('maximum', { amountMinor: capturableMinor, currency });
    }
    return amountMinor;
  });
}
