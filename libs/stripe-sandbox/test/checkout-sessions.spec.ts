import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { visit } from './pages.js';
import { failureOf, openBench } from './support.js';

type Create = Stripe.Checkout.SessionCreateParams;

const MUG = { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } };
const BOX = { ...MUG, recurring: { interval: 'month' } };
const SALE: Create = {
  mode: 'payment',
  success_url: 'https://shop.example/thanks?id={CHECKOUT_SESSION_ID}',
  line_items: [{ price_data: MUG, quantity: 2 }],
};

async function openShop() {
  const bench = await openBench();
  const create = (params: Partial<Create> = {}) =>
    bench.stripe.checkout.sessions.create({ ...SALE, ...params });
  const refusal = (params: Partial<Create>) => failureOf(create(params));
  return { ...bench, create, refusal };
}

// Source: https://docs.stripe.com/api/checkout/sessions/object.
test('a new session is open and unpaid, has a URL, and expires after a day', async () => {
  const { create, sandbox, stripe } = await openShop();
  const session = await create({ client_reference_id: 'order 7', metadata: { a: '1' } });
  expect(session).toMatchObject({
    id: expect.stringMatching(/^cs_test_[A-Za-z0-9]{58}$/),
    object: 'checkout.session',
    amount_subtotal: 1800,
    amount_total: 1800,
    cancel_url: null,
    client_reference_id: 'order 7',
    client_secret: null,
    created: Date.UTC(2026, 10, 1) / 1000,
    currency: 'usd',
    customer: null,
    customer_creation: 'if_required',
    customer_details: null,
    expires_at: Date.UTC(2026, 10, 2) / 1000,
    invoice: null,
    metadata: { a: '1' },
    mode: 'payment',
    payment_intent: null,
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    setup_intent: null,
    status: 'open',
    subscription: null,
    success_url: SALE.success_url,
    ui_mode: 'hosted_page',
    url: `${sandbox.url}/c/pay/${session.id}`,
  });
  expect(session).not.toHaveProperty('line_items');
  expect(await stripe.checkout.sessions.retrieve(session.id)).toEqual(session);
});

test('line items are in order with their prices, listed or expanded', async () => {
  const { create, stripe } = await openShop();
  const { id: product } = await stripe.products.create({ name: 'Tea' });
  const tea = await stripe.prices.create({ product, currency: 'usd', unit_amount: 400 });
  const line_items: Create['line_items'] = [
    { price: tea.id, quantity: 3 },
    { price_data: { currency: 'usd', unit_amount: 150, product }, quantity: 1 },
    { price_data: MUG, quantity: 1 },
  ];
  const session = await create({ line_items, expand: ['line_items.data.price.product'] });
  expect(session.amount_total).toBe(2250);
  expect(session.line_items?.data.map(({ description }) => description)).toEqual(['Tea', 'Tea', 'Mug']);
  expect(session.line_items?.data[2]?.price).toMatchObject({
    active: false,
    product: { active: false, name: 'Mug' },
  });
  const page = await stripe.checkout.sessions.listLineItems(session.id, { limit: 2 });
  expect(page).toMatchObject({ has_more: true, url: `/v1/checkout/sessions/${session.id}/line_items` });
  expect(page.data[0]).toMatchObject({
    id: expect.stringMatching(/^li_1/),
    object: 'item',
    amount_total: 1200,
    quantity: 3,
  });
  const rest = await stripe.checkout.sessions.listLineItems(session.id, { starting_after: page.data[1]!.id });
  expect(rest.data.map(({ description }) => description)).toEqual(['Mug']);
});

test('an open session can be expired, which removes its URL', async () => {
  const { create, stripe } = await openShop();
  const { id } = await create();
  expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
  expect(await failureOf(stripe.checkout.sessions.expire(id))).toMatchObject({
    statusCode: 400,
    message:
      'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of `expired`.',
  });
  expect(await failureOf(stripe.checkout.sessions.expire('cs_test_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such checkout.session: 'cs_test_none'",
  });
});

test('a session expires at its expires_at, with an event', async () => {
  const { create, stripe, clock, sandbox } = await openShop();
  const { id, created } = await create({ expires_at: Date.UTC(2026, 10, 1, 0, 30) / 1000 });
  clock.advanceMs(30 * 60_000 - 1000);
  expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  clock.advanceMs(3_600_000);
  expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
  const [event] = [...sandbox.store.events.newestFirst()];
  expect(event).toMatchObject({ type: 'checkout.session.expired', created: created + 1800 });
});

test('expires_at must be between 30 minutes and 24 hours from now', async () => {
  const { refusal } = await openShop();
  const start = Date.UTC(2026, 10, 1) / 1000;
  expect(await refusal({ expires_at: start + 29 * 60 })).toMatchObject({
    param: 'expires_at',
    message: 'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
  });
  expect((await refusal({ expires_at: start + 24 * 3600 + 1 })).message).toBe(
    'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
  );
});

test('refuses line items that do not fit the mode or each other', async () => {
  const { refusal } = await openShop();
  const once = { price_data: MUG, quantity: 1 };
  const monthly = { price_data: BOX, quantity: 1 };
  const yearly = { price_data: { ...BOX, recurring: { interval: 'year' } }, quantity: 1 };
  expect(await refusal({ line_items: [once, monthly] })).toMatchObject({
    param: 'line_items[1][price_data]',
    message:
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
  });
  expect((await refusal({ mode: 'subscription' })).message).toBe(
    'You must provide at least one recurring price in `subscription` mode when using prices.',
  );
  expect((await refusal({ mode: 'subscription', line_items: [monthly, yearly] })).message).toBe(
    'Checkout does not support multiple prices with different billing intervals.',
  );
  const euros = { price_data: { ...MUG, currency: 'eur' }, quantity: 1 };
  expect((await refusal({ line_items: [once, euros] })).message).toBe(
    "The price specified only supports `eur`. This doesn't match the expected currency: `usd`.",
  );
  expect(await refusal({ line_items: Array.from({ length: 101 }, () => once) })).toMatchObject({
    param: 'line_items',
  });
  const many = Array.from({ length: 21 }, () => monthly);
  expect((await refusal({ mode: 'subscription', line_items: many })).param).toBe('line_items');
});

test('refuses unknown and inactive prices and products', async () => {
  const { refusal, stripe } = await openShop();
  const line = (item: object) => refusal({ line_items: [{ quantity: 1, ...item }] });
  expect(await line({ price: 'price_none' })).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'line_items[0][price]',
    message: "No such price: 'price_none'",
  });
  expect(
    await line({ price_data: { currency: 'usd', unit_amount: 900, product: 'prod_none' } }),
  ).toMatchObject({ code: 'resource_missing', param: 'line_items[0][price_data][product]' });
  const old = await stripe.prices.create({ ...MUG, active: false });
  expect((await line({ price: old.id })).message).toBe(
    'The price specified is inactive. This field only accepts active prices.',
  );
  expect(await line({ price_data: MUG, quantity: undefined })).toMatchObject({
    code: 'parameter_missing',
    param: 'line_items[0][quantity]',
  });
  expect((await stripe.products.list()).data).toHaveLength(1);
});

test('refuses a total below the minimum charge', async () => {
  const { refusal } = await openShop();
  const total = (currency: string, unit_amount: number) =>
    refusal({ line_items: [{ price_data: { ...MUG, currency, unit_amount }, quantity: 1 }] });
  expect((await total('usd', 49)).message).toBe(
    "The Checkout Session's total amount due must add up to at least $0.50 usd",
  );
  expect((await total('jpy', 49)).message).toMatch(/at least ¥50 jpy$/);
});

test('parameters of another mode, bad URLs and double customers are refused', async () => {
  const { refusal, stripe } = await openShop();
  const customer = (await stripe.customers.create({})).id;
  expect((await refusal({ subscription_data: { description: 'x' } })).param).toBe('subscription_data');
  expect(await refusal({ success_url: undefined })).toMatchObject({ code: 'parameter_missing' });
  for (const url of ['shop.example', 'javascript:alert(1)', 'data:text/html,x']) {
    expect(await refusal({ success_url: url })).toMatchObject({ code: 'url_invalid', param: 'success_url' });
    expect(await refusal({ cancel_url: url })).toMatchObject({ code: 'url_invalid', param: 'cancel_url' });
  }
  expect((await refusal({ customer, customer_email: 'a@example.com' })).message).toBe(
    'You may only specify one of these parameters: customer, customer_email.',
  );
  expect(await refusal({ customer: 'cus_none' })).toMatchObject({ code: 'resource_missing' });
});

// Source: https://docs.stripe.com/changelog/endive/2026-09-30/remove-payment-method-types-checkout-sessions.
test('endive accepts allowed_payment_method_types, and refuses payment_method_types', async () => {
  const { create, refusal, stripe } = await openShop();
  expect(await create({ allowed_payment_method_types: ['card', 'klarna'] })).toMatchObject({
    allowed_payment_method_types: ['card', 'klarna'],
    payment_method_types: ['card'],
  });
  const old = { ...SALE, payment_method_types: ['card'] } as Create;
  expect(await refusal(old)).toMatchObject({ code: 'payment_method_types_no_longer_supported' });
  const session = await stripe.checkout.sessions.create(old, { apiVersion: '2026-08-26.dahlia' });
  expect(session.payment_method_types).toEqual(['card']);
});

test('with a trial only one-time prices are due today', async () => {
  const { create } = await openShop();
  const line_items = [
    { price_data: BOX, quantity: 1 },
    { price_data: MUG, quantity: 1 },
  ];
  const trial = { mode: 'subscription' as const, line_items, subscription_data: { trial_period_days: 7 } };
  expect((await create(trial)).amount_total).toBe(900);
  expect((await create({ mode: 'subscription', line_items })).amount_total).toBe(1800);
});

test('refuses an invalid email address', async () => {
  const { refusal } = await openShop();
  expect(await refusal({ customer_email: 'nope' })).toMatchObject({
    statusCode: 400,
    code: 'email_invalid',
    param: 'customer_email',
  });
});

test('takes what the account does not use only when it is off', async () => {
  const { create, refusal } = await openShop();
  const off = { enabled: false };
  const session = await create({
    adaptive_pricing: off,
    automatic_tax: off,
    integration_identifier: 'shop-7',
    managed_payments: off,
  });
  expect(session).toMatchObject({
    adaptive_pricing: off,
    automatic_tax: off,
    integration_identifier: 'shop-7',
    managed_payments: off,
  });
  for (const name of ['adaptive_pricing', 'automatic_tax', 'managed_payments'] as const) {
    const failure = await refusal({ [name]: { enabled: true } });
    expect(failure).toMatchObject({ statusCode: 400, param: `${name}[enabled]` });
  }
});

// https://docs.stripe.com/payments/checkout/abandoned-carts
test('an expired session can be recovered for 30 days', async () => {
  const { create, stripe, clock } = await openShop();
  const { id, after_expiration } = await create({
    after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
    metadata: { order: '7' },
  });
  const recovery = { allow_promotion_codes: true, enabled: true, expires_at: null, url: null };
  expect(after_expiration).toEqual({ recovery });
  const expired = await stripe.checkout.sessions.expire(id);
  const { url, expires_at } = expired.after_expiration!.recovery!;
  expect(expires_at).toBe(Date.UTC(2026, 11, 1) / 1000);
  const { status, location } = await visit(url!);
  expect(status).toBe(303);
  const [recovered] = (await stripe.checkout.sessions.list()).data;
  expect(recovered).toMatchObject({
    allow_promotion_codes: true,
    amount_total: 1800,
    metadata: { order: '7' },
    recovered_from: id,
    status: 'open',
  });
  expect(recovered!.url).toContain(location);
  clock.advanceMs(30 * 24 * 60 * 60 * 1000);
  expect((await visit(url!)).status).toBe(404);
});

test('a session without recovery has no URL once it is expired', async () => {
  const { create, stripe } = await openShop();
  const { id } = await create({ after_expiration: { recovery: { enabled: false } } });
  const { after_expiration } = await stripe.checkout.sessions.expire(id);
  expect(after_expiration!.recovery).toMatchObject({ enabled: false, url: null });
});
