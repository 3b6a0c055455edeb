import type Stripe from 'stripe';

const INTERNATIONAL_SHARE = 0.015;
const SHARE = 0.029;
const FIXED_MINOR = 30;

/** In the minor unit of the dispute's currency. */
export const DISPUTE_FEE_MINOR = 1500;

const TRANSFER_SHARE = 0.005;
const TRANSFER_MAX_MINOR = 500;

const DEBIT_SHARE = 0.008;
const DEBIT_MAX_MINOR = 600;

/**
 * What Stripe keeps of a charge in the US: 2.9% + 30¢, and 1.5% for foreign cards; of a SEPA debit 0.8%, at most
 * $6, and of a bank transfer 0.5%, at most $5.
 * Source: https://stripe.com/pricing.
 */
export function chargeFeeMinor({ amount_captured, payment_method_details }: Stripe.Charge): number {
  if (payment_method_details?.type === 'sepa_debit') {
    return Math.min(Math.round(amount_captured * DEBIT_SHARE), DEBIT_MAX_MINOR);
  }
  if (payment_method_details?.type === 'customer_balance') {
    return Math.min(Math.round(amount_captured * TRANSFER_SHARE), TRANSFER_MAX_MINOR);
  }
  const isForeign = payment_method_details?.card?.country !== 'US';
  return Math.round(amount_captured * (SHARE + (isForeign ? INTERNATIONAL_SHARE : 0)) + FIXED_MINOR);
}
