import type { Stripe } from 'stripe';
import type { AccountSettings } from '../store/store.js';
import { openBench } from './support.js';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Unix seconds of the beginning of a day. */
export const at = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000;

/** A customer with a card, and a price of $10 a month. */
export async function openClub(card = 'pm_card_visa', settings: Partial<AccountSettings> = {}) {
  const bench = await openBench({ settings });
  const { stripe, clock } = bench;
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const paymentMethod = await stripe.paymentMethods.attach(card, { customer });
  const invoice_settings = { default_payment_method: paymentMethod.id };
  await stripe.customers.update(customer, { invoice_settings });
  const price = await priceOf(stripe, 1000);
  const subscribe = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items: [{ price: price.id }], ...params });
  const invoices = async (subscription: string) =>
    (await stripe.invoices.list({ subscription, expand: ['data.payments'] })).data;
  const wait = (days: number): void => clock.advanceMs(days * DAY_MS);
  return { ...bench, customer, card: paymentMethod.id, price, subscribe, invoices, wait };
}

/** A recurring price with a product of its own, in minor units of USD. */
export function priceOf(stripe: Stripe, unit_amount: number, recurring = { interval: 'month' }) {
  return stripe.prices.create({
    currency: 'usd',
    unit_amount,
    recurring,
    product_data: { name: `Plan ${unit_amount}` },
  });
}
