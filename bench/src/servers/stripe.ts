import Stripe from 'stripe';
import { cardOf, customerOf } from '../users.js';
import { STRIPE_URL } from './environment.js';

const stripe = new Stripe('sk_test_bench', {
  protocol: 'http',
  host: STRIPE_URL.hostname,
  port: STRIPE_URL.port,
});

/** Charges a user's card off-session, as Stripe's documentation shows it. */
export async function charge(
  user: string,
  { amount, description }: { amount: string; description: string },
  idempotencyKey: string | undefined,
): Promise<{ id: string }> {
  const { id } = await stripe.paymentIntents.create(
    {
      amount: Number(amount),
      currency: 'usd',
      customer: customerOf(user),
      payment_method: cardOf(user),
      description,
      confirm: true,
      off_session: true,
    },
    idempotencyKey === undefined ? {} : { idempotencyKey },
  );
  return { id };
}

/** Lists the last charges of a user. */
export async function history(user: string) {
  const { data, has_more: hasMore } = await stripe.charges.list({ customer: customerOf(user), limit: 10 });
  const items = data.map(
    ({ id, amount, currency, status, description, created, receipt_url: receiptUrl }) => ({
      id,
      amount,
      currency,
      status,
      description,
      created: new Date(created * 1000),
      receiptUrl,
    }),
  );
  return { data: items, hasMore };
}
