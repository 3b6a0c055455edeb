import type { Stripe } from 'stripe';
import { openBench, type Bench } from './support.js';

/** Parameters of most payments in the specs: US dollars from a card, without a redirect. */
export const CARD_ONLY = { currency: 'usd', allowed_payment_method_types: ['card' as const] };

export interface Shop extends Bench {
  customer: Stripe.Customer;
  /** The customer's saved card. */
  card: Stripe.PaymentMethod;
  /** Charges the saved card off-session. */
  pay: (amount: number, more?: Partial<Stripe.PaymentIntentCreateParams>) => Promise<Stripe.PaymentIntent>;
  /** The types of all events so far, oldest first. */
  events: () => string[];
}

/** A bench with a customer who has saved a card. */
export async function openShop(paymentMethod = 'pm_card_visa'): Promise<Shop> {
  const bench = await openBench();
  const { stripe, sandbox } = bench;
  const customer = await stripe.customers.create();
  const card = await stripe.paymentMethods.attach(paymentMethod, { customer: customer.id });
  return {
    ...bench,
    customer,
    card,
    pay: (amount, more) =>
      stripe.paymentIntents.create({
        ...CARD_ONLY,
        amount,
        customer: customer.id,
        payment_method: card.id,
        confirm: true,
        off_session: true,
        ...more,
      }),
    events: () => [...sandbox.store.events.oldestFirst()].map(({ type }) => type),
  };
}
