import { chargeStepMinor, formatAmount, minimumChargeMinor } from './currencies.js';
import { failures } from '../http/errors.js';

/** The largest amounts of currencies that allow more than eight digits, in minor units. */
const MAXIMUMS: Record<string, number> = {
  cop: 999_999_999_999,
  huf: 999_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
  jpy: 9_999_999_999,
  lbp: 999_999_999_999,
};

/**
 * Checks an amount in minor units that a caller sent.
 * @throws StripeFailure 400 unless it is a multiple of the currency's smallest step
 */
export function requireWholeSteps(amountMinor: number, currency: string): void {
  const step = chargeStepMinor(currency);
  if (amountMinor % step === 0) return;
  throw failures.invalidRequest(`Invalid amount: amounts in ${currency} have to be multiples of ${step}.`, {
    code: 'invalid_charge_amount',
    param: 'amount',
  });
}

/**
 * Checks an amount in minor units that will be charged.
 * Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
 * @throws StripeFailure 400 amount_too_small, amount_too_large, or parameter_invalid_integer for zero or less
 */
export function requireChargeable(amountMinor: number, currency: string, param = 'amount'): void {
  if (amountMinor < 1) {
    throw failures.invalidRequest(
      'The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents',
      { code: 'parameter_invalid_integer', param },
    );
  }
  const least = minimumChargeMinor(currency);
  if (amountMinor < least) {
    throw failures.invalidRequest(`Amount must be at least ${formatAmount(least, currency)} ${currency}`, {
      code: 'amount_too_small',
      param,
    });
  }
  const most = MAXIMUMS[currency] ?? 99_999_999;
  if (amountMinor > most) {
    throw failures.invalidRequest(`Amount must be no more than ${formatAmount(most, currency)} ${currency}`, {
      code: 'amount_too_large',
      param,
    });
  }
}
