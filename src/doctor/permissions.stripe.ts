import Stripe from 'stripe';

/** What a restricted key must permit, as Stripe's Dashboard names it. */
export interface Permission {
  name: string;
  /** A call that needs it and changes nothing. */
  probe: (stripe: Stripe) => Promise<unknown>;
}

const ONE = { limit: 1 };

/**
 * Writes to objects that do not exist: Stripe answers 404, or 403 if the key may not write. That it checks the key first
 * is not documented.
 */
export const WRITE_PERMISSIONS: readonly Permission[] = [
  { name: 'Customers', probe: (stripe) => stripe.customers.update('cus_paydeskdoctor', {}) },
  { name: 'SetupIntents', probe: (stripe) => stripe.setupIntents.cancel('seti_paydeskdoctor') },
  { name: 'PaymentIntents', probe: (stripe) => stripe.paymentIntents.cancel('pi_paydeskdoctor') },
  { name: 'Refunds', probe: (stripe) => stripe.refunds.update('re_paydeskdoctor', {}) },
  { name: 'Disputes', probe: (stripe) => stripe.disputes.update('du_paydeskdoctor', {}) },
  { name: 'Checkout Sessions', probe: (stripe) => stripe.checkout.sessions.expire('cs_test_paydeskdoctor') },
  { name: 'Subscriptions', probe: (stripe) => stripe.subscriptions.update('sub_paydeskdoctor', {}) },
  { name: 'PaymentMethods', probe: (stripe) => stripe.paymentMethods.detach('pm_paydeskdoctor') },
  {
    name: 'Customer portal',
    probe: (stripe) => stripe.billingPortal.sessions.create({ customer: 'cus_paydeskdoctor' }),
  },
];

export const READ_PERMISSIONS: readonly Permission[] = [
  { name: 'Charges', probe: (stripe) => stripe.charges.list(ONE) },
  { name: 'Prices', probe: (stripe) => stripe.prices.list(ONE) },
  { name: 'Products', probe: (stripe) => stripe.products.list(ONE) },
  { name: 'Events', probe: (stripe) => stripe.events.list(ONE) },
  {
    name: 'Invoices',
    probe: async (stripe) => {
      await stripe.invoices.list(ONE);
      await stripe.invoicePayments.list(ONE);
    },
  },
  // A charge is created with its balance transaction, which has the fee: https://docs.stripe.com/stripe-apps/reference/permissions
  { name: 'Balance transaction sources', probe: (stripe) => stripe.balanceTransactions.list(ONE) },
];

/**
 * Whether the key has a permission; without it, Stripe answers 403: https://docs.stripe.com/api/errors
 *
 * @throws whatever the call throws, if neither can be concluded
 */
export async function isPermitted(stripe: Stripe, { probe }: Permission): Promise<boolean> {
  try {
    await probe(stripe);
    return true;
  } catch (error) {
    const status = error instanceof Stripe.errors.StripeError ? error.statusCode : undefined;
    if (status === 400 || status === 404) return true;
    if (status === 403) return false;
    throw error;
  }
}
