import { expect } from 'vitest';
import { schedule } from '../due.js';
import { priceOf } from './club.js';
import { failureOf, test } from './support.js';

const DAY = 24 * 60 * 60;
/** 2027-01-01T00:00:00Z. */
const START = Date.UTC(2027, 0, 1) / 1000;

test('creates, lists and retrieves a clock', async ({ stripe, clock }) => {
  const made = await stripe.testHelpers.testClocks.create({ frozen_time: START, name: 'Renewals' });
  const now = clock.nowMs() / 1000;
  expect(made).toMatchObject({
    id: expect.stringMatching(/^clock_1[A-Za-z0-9]{23}$/),
    object: 'test_helpers.test_clock',
    created: now,
    deletes_after: now + 30 * DAY,
    frozen_time: START,
    livemode: false,
    name: 'Renewals',
    status: 'ready',
    status_details: {},
  });
  expect(await stripe.testHelpers.testClocks.retrieve(made.id)).toEqual(made);
  expect((await stripe.testHelpers.testClocks.list()).data).toEqual([made]);
});

test('all objects of a customer follow its clock', async ({ stripe }) => {
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const customer = await stripe.customers.create({ test_clock });
  expect(customer).toMatchObject({ created: START, test_clock });
  await stripe.testHelpers.testClocks.advance(test_clock, { frozen_time: START + DAY });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const intent = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    customer: customer.id,
    payment_method: method.id,
  });
  expect(intent.created).toBe(START + DAY);
  const events = (await stripe.events.list({ type: 'payment_intent.created' })).data;
  expect(events).toMatchObject([{ created: START + DAY }]);
});

test('an existing customer can be put on a clock, and is then listed only by it', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START, customer });
  expect((await stripe.customers.list()).data).toEqual([]);
  expect((await stripe.customers.list({ test_clock })).data).toMatchObject([{ id: customer, test_clock }]);
});

test('an advance emits events when it starts and when it ends', async ({ stripe }) => {
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  expect(await stripe.testHelpers.testClocks.advance(id, { frozen_time: START + DAY })).toMatchObject({
    frozen_time: START,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: START + DAY } },
  });
  expect(await stripe.testHelpers.testClocks.retrieve(id)).toMatchObject({
    frozen_time: START + DAY,
    status: 'ready',
    status_details: {},
  });
  const events = (await stripe.events.list({ type: 'test_helpers.test_clock.*' })).data;
  expect(events.map(({ type }) => type)).toEqual([
    'test_helpers.test_clock.ready',
    'test_helpers.test_clock.advancing',
    'test_helpers.test_clock.created',
  ]);
});

test('an advance runs the due tasks, each at its own time', async ({ stripe, sandbox }) => {
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const { id: customer } = await stripe.customers.create({ test_clock });
  const sessions = await Promise.all(
    [1, 3].map(() =>
      stripe.checkout.sessions.create({
        mode: 'payment',
        customer,
        success_url: 'https://example.com',
        line_items: [
          {
            quantity: 1,
            price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Tea' } },
          },
        ],
      }),
    ),
  );
  const [first, second] = sessions.map(({ id }) => id);
  sandbox.run((ctx) => {
    schedule(ctx, 'checkoutSessions', first!, { at: START + DAY, customer });
    schedule(ctx, 'checkoutSessions', second!, { at: START + 3 * DAY, customer });
  });
  await stripe.testHelpers.testClocks.advance(test_clock, { frozen_time: START + 2 * DAY });
  expect((await stripe.checkout.sessions.retrieve(first!)).status).toBe('expired');
  expect((await stripe.checkout.sessions.retrieve(second!)).status).toBe('open');
  const expired = (await stripe.events.list({ type: 'checkout.session.expired' })).data;
  expect(expired).toMatchObject([{ created: START + DAY }]);
});

// Source: https://docs.stripe.com/api/test_clocks/advance.
test.for([
  ['the same time', START],
  ['the past', START - 1],
  ['over two years without a subscription', Date.UTC(2029, 0, 1) / 1000 + 1],
] as const)('an advance to %s is refused', async ([, frozen_time], { stripe }) => {
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const failure = await failureOf(stripe.testHelpers.testClocks.advance(id, { frozen_time }));
  expect(failure).toMatchObject({ statusCode: 400, param: 'frozen_time' });
  expect(await stripe.testHelpers.testClocks.retrieve(id)).toMatchObject({
    frozen_time: START,
    status: 'ready',
  });
});

test('refuses to advance more than two intervals of the shortest subscription', async ({ stripe }) => {
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const { id: customer } = await stripe.customers.create({
    test_clock,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  for (const interval of ['month', 'year'] as const) {
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval },
      product_data: { name: interval },
    });
    await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
  }
  const furthest = Date.UTC(2027, 2, 1) / 1000;
  const advance = (frozen_time: number) => stripe.testHelpers.testClocks.advance(test_clock, { frozen_time });
  expect(await failureOf(advance(furthest + 1))).toMatchObject({ statusCode: 400, param: 'frozen_time' });
  expect((await advance(furthest)).status).toBe('advancing');
});

test('deleting a clock deletes its customers', async ({ stripe }) => {
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const own = await stripe.customers.create({ test_clock: id });
  const other = await stripe.customers.create();
  expect(await stripe.testHelpers.testClocks.del(id)).toEqual({
    id,
    object: 'test_helpers.test_clock',
    deleted: true,
  });
  expect(await stripe.customers.retrieve(own.id)).toMatchObject({ deleted: true });
  expect(await stripe.customers.retrieve(other.id)).not.toHaveProperty('deleted');
  expect(await failureOf(stripe.testHelpers.testClocks.retrieve(id))).toMatchObject({ statusCode: 404 });
});

test('a clock is deleted after 30 days', async ({ stripe, clock }) => {
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  clock.advanceMs((30 * DAY - 1) * 1000);
  expect((await stripe.testHelpers.testClocks.retrieve(id)).status).toBe('ready');
  clock.advanceMs(1000);
  expect((await stripe.testHelpers.testClocks.list()).data).toEqual([]);
});

// https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage#limitations
test('a clock can have three customers', async ({ stripe }) => {
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  for (let made = 0; made < 3; made++) await stripe.customers.create({ test_clock });
  expect(await failureOf(stripe.customers.create({ test_clock }))).toMatchObject({
    statusCode: 400,
    param: 'test_clock',
  });
});

// https://docs.stripe.com/api/subscriptions/list#list_subscriptions-test_clock
test('subscriptions on a clock are listed only by their clock or customer', async ({ stripe }) => {
  const { id: test_clock } = await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const { id: customer } = await stripe.customers.create({ test_clock, payment_method: 'pm_card_visa' });
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  const { id } = await stripe.subscriptions.create({
    customer,
    default_payment_method: card!.id,
    items: [{ price: (await priceOf(stripe, 1000)).id }],
  });
  expect((await stripe.subscriptions.list()).data).toEqual([]);
  expect((await stripe.subscriptions.list({ test_clock })).data).toMatchObject([{ id }]);
  expect((await stripe.subscriptions.list({ customer })).data).toMatchObject([{ id }]);
});
