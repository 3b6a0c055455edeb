import { chargeStepMinor, formatAmount, minimumChargeMinor } from './currencies.js';
import { failures } from '../http/errors.js';

/** Eight digits, and more for the currencies that would not get far with them. */
const MAXIMUMS: Record<string, number> = {
  cop: 999_999_999_999,
  huf: 999_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
  jpy: 9_999_999_999,
  lbp: 999_999_999_999,
};

/**
 * Checks an amount that a caller has chosen, in minor units.
 * @throws StripeFailure 400 for digits that its currency does not have
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
 * Checks an amount that is about to be charged, in minor units.
 * Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
 * @throws StripeFailure 400 amount_too_small, amount_too_large, or parameter_invalid_integer for none at all
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
