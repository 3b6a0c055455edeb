import type Stripe from 'stripe';

/** Starts a monthly subscription of 10.00 USD at Stripe, for a new customer by default, whose first invoice is paid. */
export async function startSubscription(
  stripe: Stripe,
  metadata: Record<string, string> = {},
  customer?: string,
): Promise<Stripe.Subscription> {
  const payer = customer ?? (await stripe.customers.create({})).id;
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: payer });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Magazine' },
  });
  return stripe.subscriptions.create({
    customer: payer,
    default_payment_method: method.id,
    items: [{ price: price.id }],
    metadata,
  });
}
