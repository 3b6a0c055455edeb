import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { failureOf, test } from './support.js';

/** Ids that need escaping in a path, the longest ones included. */
const IDS = [
  ['short', 'tshirt-1'],
  ['with a slash', 'a/b=c'],
  ['with spaces and percent signs', '100% größe?'],
  ['in braces', '{guid}'],
  ['of 255 characters', '💎'.repeat(255)],
] as const;

// https://docs.stripe.com/api/products/create#create_product-id
test.for(IDS)('a product can have the id of the caller: %s', async ([, id], { stripe }) => {
  const product = await stripe.products.create({ id, name: 'Shirt' });
  expect(product.id).toBe(id);
  expect(await stripe.products.retrieve(id)).toEqual(product);
  const price = await stripe.prices.create({ product: id, currency: 'usd', unit_amount: 900 });
  expect(price.product).toBe(id);
});

/** stripe-node has no `id` here: Stripe has not documented it since 2014, and still accepts it. */
const createCustomer = (stripe: Stripe, id: string) =>
  stripe.customers.create({ id, name: 'Ada' } as Stripe.CustomerCreateParams);

// https://github.com/stripe/stripe-node/pull/968
test.for(IDS)('a customer can have the id of the caller: %s', async ([, id], { stripe }) => {
  const customer = await createCustomer(stripe, id);
  expect(customer).toMatchObject({ id, name: 'Ada' });
  expect(await stripe.customers.retrieve(id)).toEqual(customer);
  const { customer: owner } = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  expect(owner).toBe(id);
  expect((await stripe.customers.listPaymentMethods(id)).data).toHaveLength(1);
});

test("a customer's id can be used once, even after its deletion", async ({ stripe }) => {
  await createCustomer(stripe, 'ada');
  const taken = { statusCode: 400, code: 'resource_already_exists', param: 'id' };
  expect(await failureOf(createCustomer(stripe, 'ada'))).toMatchObject(taken);
  await stripe.customers.del('ada');
  expect(await failureOf(createCustomer(stripe, 'ada'))).toMatchObject(taken);
});

// https://docs.stripe.com/api/plans/create
test('a plan is a price with a plan_ id or a chosen one', async ({ stripe }) => {
  const { id: product } = await stripe.products.create({ name: 'Club' });
  const monthly = { product, currency: 'usd', interval: 'month', amount: 900 } as const;
  const plan = await stripe.plans.create({ ...monthly, nickname: 'Monthly' });
  expect(plan).toMatchObject({
    id: expect.stringMatching(/^plan_[A-Za-z0-9]{14}$/),
    object: 'plan',
    active: true,
    amount: 900,
    currency: 'usd',
    interval: 'month',
    interval_count: 1,
    nickname: 'Monthly',
    product,
    usage_type: 'licensed',
  });
  expect(await stripe.prices.retrieve(plan.id)).toMatchObject({
    id: plan.id,
    object: 'price',
    type: 'recurring',
    unit_amount: 900,
    recurring: { interval: 'month', interval_count: 1 },
  });
  const gold = await stripe.plans.create({ ...monthly, id: 'gold', interval_count: 3 });
  expect(gold).toMatchObject({ id: 'gold', interval_count: 3 });

  const { id: customer } = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: plan.id }] });
  expect(subscription).toMatchObject({
    status: 'active',
    items: { data: [{ price: { id: plan.id }, plan }] },
  });
});

test('refuses a plan without an amount or with a used id', async ({ stripe }) => {
  const { id: product } = await stripe.products.create({ name: 'Club' });
  const monthly = { product, currency: 'usd', interval: 'month', amount: 900, id: 'gold' } as const;
  await stripe.plans.create(monthly);
  expect(await failureOf(stripe.plans.create(monthly))).toMatchObject({
    statusCode: 400,
    code: 'resource_already_exists',
    param: 'id',
  });
  const free = failureOf(stripe.plans.create({ product, currency: 'usd', interval: 'month' }));
  expect(await free).toMatchObject({ code: 'parameter_missing', param: 'amount' });
});
