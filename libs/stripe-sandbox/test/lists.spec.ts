import type Stripe from 'stripe';
import { expect } from 'vitest';
import { failureOf, request, test } from './support.js';

/** Five customers made within one second, newest first. */
async function fiveCustomers(stripe: Stripe): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.unshift((await stripe.customers.create()).id);
  return ids;
}

test('lists are newest first, also within one second, and exclude cursors in both directions', async ({
  stripe,
}) => {
  const [e, d, c, b, a] = await fiveCustomers(stripe);
  const page = async (params: Stripe.CustomerListParams) => {
    const { data, has_more } = await stripe.customers.list(params);
    return [data.map(({ id }) => id), has_more];
  };
  expect(await page({})).toEqual([[e, d, c, b, a], false]);
  expect(await page({ limit: 2 })).toEqual([[e, d], true]);
  expect(await page({ limit: 2, starting_after: d })).toEqual([[c, b], true]);
  expect(await page({ limit: 2, starting_after: c })).toEqual([[b, a], false]);
  expect(await page({ limit: 2, ending_before: a })).toEqual([[c, b], true]);
  expect(await page({ limit: 2, ending_before: c })).toEqual([[e, d], false]);
  expect(await page({ ending_before: e })).toEqual([[], false]);
});

test('auto-pagination returns every customer once', async ({ stripe }) => {
  const made = await fiveCustomers(stripe);
  const seen: string[] = [];
  for await (const { id } of stripe.customers.list({ limit: 2 })) seen.push(id);
  expect(seen).toEqual(made);
});

test('a list has its object and url', async ({ sandbox }) => {
  const { body } = await request(sandbox, 'GET', '/v1/customers');
  expect(body).toEqual({ object: 'list', data: [], has_more: false, url: '/v1/customers' });
});

test.for([
  [{ limit: 0 }, 'limit', 'parameter_invalid_integer'],
  [{ limit: 101 }, 'limit', 'parameter_invalid_integer'],
  [{ starting_after: 'cus_none' }, 'starting_after', 'resource_missing'],
  [{ ending_before: 'cus_none' }, 'ending_before', 'resource_missing'],
  [{ starting_after: 'cus_a', ending_before: 'cus_b' }, 'starting_after', undefined],
] as const)('%o is refused', async ([params, param, code], { stripe }) => {
  const failure = await failureOf(Promise.resolve(stripe.customers.list(params)));
  expect(failure).toMatchObject({ statusCode: 400, param });
  expect(failure.code).toBe(code);
});

test('refuses both cursors at once', async ({ stripe }) => {
  const failure = await failureOf(stripe.customers.list({ starting_after: 'a', ending_before: 'b' }));
  expect(failure.message).toBe(
    'Received both starting_after and ending_before parameters. Please pass in only one.',
  );
});

test('expands references, in lists and through objects', async ({ stripe }) => {
  const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
  const listed = await stripe.paymentMethods.list({ customer: customer.id, expand: ['data.customer'] });
  const paymentMethod = listed.data[0]!;
  expect(paymentMethod.customer).toEqual(customer);
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: paymentMethod.id },
  });
  const expanded = await stripe.customers.retrieve(customer.id, {
    expand: ['invoice_settings.default_payment_method.customer', 'subscriptions'],
  });
  expect(expanded).toMatchObject({
    invoice_settings: { default_payment_method: { id: paymentMethod.id, customer: { id: customer.id } } },
    subscriptions: { object: 'list', data: [], has_more: false },
  });
});

// Expandable by stripe-node's types, and null for an account without Connect, mandates or reviews.
test('can expand references to objects that the sandbox does not have', async ({ stripe }) => {
  const { latest_charge } = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    allowed_payment_method_types: ['card'],
    payment_method: 'pm_card_visa',
    expand: [
      'application',
      'on_behalf_of',
      'review',
      'latest_charge.application_fee',
      'latest_charge.source_transfer',
    ],
  });
  expect(latest_charge).toMatchObject({ application_fee: null, source_transfer: null });
  const intent = await stripe.setupIntents.create({ expand: ['mandate', 'single_use_mandate'] });
  expect(intent).toMatchObject({ mandate: null, single_use_mandate: null });
});

test('refuses to expand an unknown path, and the request has no effect', async ({ stripe, sandbox }) => {
  for (const path of ['email', 'nothing', 'address.city']) {
    const failure = await failureOf(stripe.customers.create({ email: 'a@b.c', expand: [path] }));
    expect(failure).toMatchObject({ statusCode: 400, message: expect.stringContaining(`(${path})`) });
  }
  for (const path of ['a.b.c.d.e', 'data.a.b.c.d']) {
    const deep = await failureOf(stripe.customers.create({ expand: [path] }));
    expect(deep.message).toMatch(/^You cannot expand more than 4 levels of a property\./);
  }
  expect(sandbox.store.customers.size).toBe(0);
});
