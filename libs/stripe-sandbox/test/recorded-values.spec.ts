import { expect } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf, request, test, TEST_KEY } from './support.js';

/** Values that real Stripe returned in recorded exchanges, unless a page is named. */

const CARD = { number: '4242424242424242', exp_month: 12, exp_year: 2030, cvc: '123' };
const REDIRECTS = { automatic_payment_methods: { enabled: true } };

test("a card's checks are made when it is first used", async ({ stripe }) => {
  const address = { line1: 'Oak 1', postal_code: '94110' };
  const unused = await stripe.paymentMethods.create({
    type: 'card',
    card: CARD,
    billing_details: { address },
  });
  const checks = {
    address_line1_check: 'unchecked',
    address_postal_code_check: 'unchecked',
    cvc_check: 'unchecked',
  };
  expect(unused.card?.checks).toEqual(checks);
  const { id: customer } = await stripe.customers.create();
  const attached = await stripe.paymentMethods.attach(unused.id, { customer });
  const passed = { address_line1_check: 'pass', address_postal_code_check: 'pass', cvc_check: 'pass' };
  expect(attached.card?.checks).toEqual(passed);
  const wrongCvc = await stripe.paymentMethods.create({
    type: 'card',
    card: { ...CARD, number: '4000000000000101' },
  });
  await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: wrongCvc.id,
    return_url: 'https://shop.example',
  });
  expect((await stripe.paymentMethods.retrieve(wrongCvc.id)).card?.checks?.cvc_check).toBe('fail');
});

test('a payment intent is not a managed payment', async ({ stripe }) => {
  const { managed_payments } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  expect(managed_payments).toEqual({ enabled: false });
});

test('a refund for fraud reports its charge', async ({ stripe }) => {
  const { id: payment_intent } = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    off_session: true,
    payment_method: 'pm_card_visa',
  });
  const refund = await stripe.refunds.create({ payment_intent, reason: 'fraudulent', expand: ['charge'] });
  expect(refund.charge).toMatchObject({ fraud_details: { user_report: 'fraudulent' } });
});

test('a subscription of one item has its plan and quantity, and when its billing mode was adopted', async () => {
  const { subscribe, price } = await openClub();
  const subscription = await subscribe({ items: [{ price: price.id, quantity: 3 }] });
  expect(subscription).toMatchObject({
    billing_mode: { updated_at: at('2026-11-01') },
    plan: { id: price.id, object: 'plan', amount: 1000 },
    quantity: 3,
  });
});

test('an invoice says how it is rendered, and when its webhooks were delivered', async () => {
  const { subscribe } = await openClub();
  const { latest_invoice } = await subscribe({ expand: ['latest_invoice'] });
  expect(latest_invoice).toMatchObject({
    rendering: {
      amount_tax_display: null,
      pdf: { page_size: 'auto' },
      template: null,
      template_version: null,
    },
    webhooks_delivered_at: at('2026-11-01'),
  });
});

test('a POST with an idempotency key is not to be retried once it is answered', async ({ sandbox }) => {
  const keyed = { 'idempotency-key': 'a' };
  const created = await request(sandbox, 'POST', '/v1/customers', { form: '', headers: keyed });
  expect(created.headers.get('stripe-should-retry')).toBe('false');
  const bare = await request(sandbox, 'POST', '/v1/customers', { form: '' });
  expect(bare.headers.get('stripe-should-retry')).toBeNull();
});

test('an off-session payment needs no return_url', async ({ stripe }) => {
  const payment = {
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_visa',
    ...REDIRECTS,
  };
  expect((await stripe.paymentIntents.create({ ...payment, off_session: true })).status).toBe('succeeded');
  expect((await failureOf(stripe.paymentIntents.create(payment))).param).toBe('return_url');
});

// Stripe's Python client sends `True` and `False`.
test('booleans may be capitalized, and off_session=false needs no confirm', async ({ sandbox }) => {
  const form = 'amount=500&currency=usd&off_session=False&automatic_payment_methods[enabled]=True';
  const { status, body } = await request(sandbox, 'POST', '/v1/payment_intents', { form });
  expect([status, body['status']]).toEqual([200, 'requires_payment_method']);
});

test('an empty default_payment_method unsets it', async () => {
  const { stripe, subscribe, card } = await openClub();
  const { id } = await subscribe({ default_payment_method: card });
  const unset = await stripe.subscriptions.update(id, { default_payment_method: '' });
  expect(unset.default_payment_method).toBeNull();
});

test('the name in shipping details may be empty', async ({ stripe }) => {
  const shipping = { name: '', address: { line1: 'Oak 1' } };
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', shipping });
  expect(intent.shipping?.name).toBe('');
});

test('before endive, a session in setup mode with payment method types needs no currency', async ({
  sandbox,
}) => {
  const { status } = await request(sandbox, 'POST', '/v1/checkout/sessions', {
    form: 'mode=setup&success_url=https://shop.example&payment_method_types[]=card',
    headers: { authorization: `Bearer ${TEST_KEY}`, 'stripe-version': '2026-08-26.dahlia' },
  });
  expect(status).toBe(200);
});

test('invoices of an unknown customer can not be listed', async ({ stripe }) => {
  const failure = await failureOf(stripe.invoices.list({ customer: 'cus_invalid' }));
  expect(failure).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
  expect(failure.message).toBe("No such customer: 'cus_invalid'");
  const { id: customer } = await stripe.customers.create();
  await stripe.customers.del(customer);
  expect((await stripe.invoices.list({ customer })).data).toEqual([]);
});
