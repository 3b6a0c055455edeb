import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { visit } from './pages.js';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_update
test('customer_update saves the name that is entered at Checkout', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({ name: 'Ada' });
  const params = {
    mode: 'payment' as const,
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
    ],
    success_url: 'https://shop.example/done',
  };
  const payWith = async (customer_update: Stripe.Checkout.SessionCreateParams.CustomerUpdate) => {
    const { url } = await stripe.checkout.sessions.create({ ...params, customer, customer_update });
    const body = new URLSearchParams({ number: '4242424242424242', name: 'Ada Lovelace' });
    await fetch(url!, { method: 'POST', body, redirect: 'manual' });
    return ((await stripe.customers.retrieve(customer)) as Stripe.Customer).name;
  };
  expect(await payWith({ name: 'never' })).toBe('Ada');
  expect(await payWith({ name: 'auto', address: 'auto' })).toBe('Ada Lovelace');
  const alone = stripe.checkout.sessions.create({ ...params, customer_update: { name: 'auto' } });
  expect(await failureOf(alone)).toMatchObject({ statusCode: 400, param: 'customer_update' });
});

// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer
test('the email that is entered at Checkout becomes that of a customer without one', async ({ stripe }) => {
  const price_data = { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } };
  const payAs = async (customer: string) => {
    const line_items = [{ price_data, quantity: 1 }];
    const success_url = 'https://shop.example/thanks';
    const { url } = await stripe.checkout.sessions.create({
      mode: 'payment',
      customer,
      line_items,
      success_url,
    });
    await visit(url!, { number: '4242424242424242', email: 'ada@example.com' });
    return stripe.customers.retrieve(customer);
  };
  const [unknown, known] = [
    await stripe.customers.create(),
    await stripe.customers.create({ email: 'grace@example.com' }),
  ];
  expect(await payAs(unknown.id)).toMatchObject({ email: 'ada@example.com' });
  expect(await payAs(known.id)).toMatchObject({ email: 'grace@example.com' });
});
