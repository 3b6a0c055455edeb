import { expect, test } from 'vitest';
import { openClub } from './club.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/api/customers/object#customer_object-currency
test('refuses a subscription in another currency than the current one', async () => {
  const { stripe, customer, subscribe, price } = await openClub();
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ currency: null });
  const { id } = await subscribe();
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ currency: 'usd' });

  const euros = { currency: 'eur', unit_amount: 900, recurring: { interval: 'month' } };
  const { id: other } = await stripe.prices.create({ ...euros, product: price.product as string });
  const checkout = {
    mode: 'subscription' as const,
    customer,
    line_items: [{ price: other, quantity: 1 }],
    success_url: 'https://shop.example/',
  };
  const calls = [
    () => subscribe({ items: [{ price: other }] }),
    () => stripe.checkout.sessions.create(checkout),
  ];
  for (const call of calls) {
    const { raw } = await failureOf(call());
    expect(raw).toMatchObject({
      statusCode: 400,
      type: 'invalid_request_error',
      message:
        'You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency usd',
    });
    expect(raw).not.toHaveProperty('code');
    expect(raw).not.toHaveProperty('param');
  }

  await stripe.subscriptions.cancel(id);
  expect((await stripe.checkout.sessions.create(checkout)).currency).toBe('eur');
});
