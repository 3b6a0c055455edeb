import { expect } from 'vitest';
import { failureOf, test } from './support.js';

test('a product starts active, without a price', async ({ stripe }) => {
  const product = await stripe.products.create({ name: 'Mug', description: 'White' });
  expect(product).toMatchObject({
    id: expect.stringMatching(/^prod_[A-Za-z0-9]{14}$/),
    object: 'product',
    active: true,
    default_price: null,
    images: [],
    marketing_features: [],
    name: 'Mug',
    type: 'service',
  });
  expect(await stripe.products.retrieve(product.id)).toEqual(product);
});

test('default_price_data creates the default price', async ({ stripe }) => {
  const product = await stripe.products.create({
    name: 'Mug',
    default_price_data: { currency: 'USD', unit_amount: 900 },
    expand: ['default_price'],
  });
  expect(product.default_price).toMatchObject({
    active: true,
    currency: 'usd',
    product: product.id,
    type: 'one_time',
    unit_amount: 900,
  });
  expect(await failureOf(stripe.products.del(product.id))).toMatchObject({
    message: 'This product cannot be deleted because it has one or more user-created prices.',
  });
});

test('refuses an id that is already used', async ({ stripe }) => {
  await stripe.products.create({ id: 'mug', name: 'Mug' });
  expect(await failureOf(stripe.products.create({ id: 'mug', name: 'Mug' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_already_exists',
  });
  expect(await stripe.products.del('mug')).toEqual({ id: 'mug', object: 'product', deleted: true });
  // Unlike a customer, a product is not found afterwards: stripe-node's `retrieve` answers no deleted one.
  expect(await failureOf(stripe.products.retrieve('mug'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such product: 'mug'",
  });
});

test('a recurring price can have several intervals', async ({ stripe }) => {
  const { id } = await stripe.products.create({ name: 'Box' });
  const price = await stripe.prices.create({
    product: id,
    currency: 'eur',
    unit_amount: 1200,
    recurring: { interval: 'month', interval_count: 3 },
  });
  expect(price).toMatchObject({
    id: expect.stringMatching(/^price_1[A-Za-z0-9]{23}$/),
    active: true,
    billing_scheme: 'per_unit',
    recurring: { interval: 'month', interval_count: 3, meter: null, usage_type: 'licensed' },
    tax_behavior: 'unspecified',
    type: 'recurring',
  });
  expect(price.unit_amount_decimal?.toString()).toBe('1200');
});

test('refuses a price without a product, with two amounts, an unknown currency, or over three years', async ({
  stripe,
}) => {
  const { id: product } = await stripe.products.create({ name: 'Box' });
  const refusal = async (params: object) =>
    failureOf(stripe.prices.create({ currency: 'usd', unit_amount: 500, product, ...params }));
  expect(await refusal({ product: 'prod_none' })).toMatchObject({
    code: 'resource_missing',
    param: 'product',
    message: "No such product: 'prod_none'",
  });
  expect(await refusal({ product: undefined })).toMatchObject({ code: 'parameter_missing' });
  expect(await refusal({ unit_amount: undefined })).toMatchObject({ param: 'unit_amount' });
  expect((await refusal({ currency: 'xxx' })).message).toMatch(/^Invalid currency: xxx/);
  expect(await refusal({ recurring: { interval: 'year', interval_count: 4 } })).toMatchObject({
    param: 'recurring[interval_count]',
  });
  expect((await stripe.prices.list({ product })).data).toEqual([]);
});

test('lists prices by product, type and lookup key, which can be transferred', async ({ stripe }) => {
  const { id: product } = await stripe.products.create({ name: 'Box' });
  const make = (params: object) =>
    stripe.prices.create({ currency: 'usd', unit_amount: 500, product, ...params });
  const monthly = await make({ recurring: { interval: 'month' }, lookup_key: 'box' });
  const once = await make({});
  const ids = async (params: object) => (await stripe.prices.list(params)).data.map(({ id }) => id);
  expect(await ids({ product })).toEqual([once.id, monthly.id]);
  expect(await ids({ type: 'one_time' })).toEqual([once.id]);
  expect(await ids({ lookup_keys: ['box'] })).toEqual([monthly.id]);
  expect((await failureOf(make({ lookup_key: 'box' }))).param).toBe('lookup_key');
  const heir = await make({ lookup_key: 'box', transfer_lookup_key: true });
  expect(await ids({ lookup_keys: ['box'] })).toEqual([heir.id]);
});

test('a price can be archived, but not its amount changed', async ({ stripe }) => {
  const { id } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    product_data: { name: 'Box' },
  });
  expect((await stripe.prices.update(id, { active: false })).active).toBe(false);
  expect(await failureOf(stripe.prices.update(id, { unit_amount: 1 } as object))).toMatchObject({
    code: 'parameter_unknown',
  });
});

test('refuses an unknown interval', async ({ stripe }) => {
  const recurring = { interval: 'fortnight' as 'week' };
  const price = { currency: 'usd', unit_amount: 900, product_data: { name: 'Box' }, recurring };
  expect(await failureOf(stripe.prices.create(price))).toMatchObject({
    statusCode: 400,
    param: 'recurring[interval]',
    message: 'Invalid recurring[interval]: must be one of day, month, week, or year',
  });
});

// https://docs.stripe.com/api/plans
test('recurring prices are also plans, which can be listed, changed and deleted', async ({ stripe }) => {
  const { id } = await stripe.plans.create({
    amount: 900,
    currency: 'usd',
    interval: 'month',
    product: { name: 'Gold', unit_label: 'seat' },
  });
  const { product } = await stripe.prices.retrieve(id);
  expect(await stripe.products.retrieve(product as string)).toMatchObject({
    name: 'Gold',
    unit_label: 'seat',
  });
  await stripe.prices.create({ currency: 'usd', unit_amount: 100, product: product as string });
  expect((await stripe.plans.list()).data).toMatchObject([{ id, object: 'plan', amount: 900, product }]);
  expect(await stripe.plans.update(id, { nickname: 'Gold' })).toMatchObject({
    object: 'plan',
    nickname: 'Gold',
  });
  expect(await stripe.plans.del(id)).toEqual({ id, object: 'plan', deleted: true });
  expect(await failureOf(stripe.plans.retrieve(id))).toMatchObject({ message: `No such plan: '${id}'` });
  const events = await stripe.events.list({ types: ['plan.created', 'plan.updated', 'plan.deleted'] });
  expect(events.data.map(({ type }) => type)).toEqual(['plan.deleted', 'plan.updated', 'plan.created']);
});

// https://docs.stripe.com/api/plans/update
test('a plan can move to another product until a subscription has it', async ({ stripe }) => {
  const [first, second] = [
    await stripe.products.create({ name: 'Silver' }),
    await stripe.products.create({ name: 'Gold' }),
  ];
  const plan = await stripe.plans.create({
    amount: 0,
    currency: 'usd',
    interval: 'month',
    product: first.id,
  });
  const moved = await stripe.plans.update(plan.id, { product: second.id, trial_period_days: 14 });
  expect(moved).toMatchObject({ product: second.id, trial_period_days: 14 });
  expect((await stripe.prices.retrieve(plan.id)).recurring?.trial_period_days).toBe(14);
  const { id: customer } = await stripe.customers.create();
  await stripe.subscriptions.create({ customer, items: [{ plan: plan.id }] });
  const again = stripe.plans.update(plan.id, { product: first.id });
  expect(await failureOf(again)).toMatchObject({ statusCode: 400, param: 'product' });
});
