import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { visit } from './pages.js';
import { openBench, test } from './support.js';

type Create = Stripe.Checkout.SessionCreateParams;

const SALE: Create = {
  mode: 'payment',
  success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/cart',
  line_items: [
    { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 2 },
  ],
};

async function openCheckout(params: Partial<Create> = {}) {
  const bench = await openBench();
  const session = await bench.stripe.checkout.sessions.create({ ...SALE, ...params });
  const current = () =>
    bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
  return { ...bench, session, url: session.url!, current };
}

test('posting a card number pays, and redirects to the success URL', async () => {
  const { session, url, current, stripe } = await openCheckout({
    payment_intent_data: { metadata: { order: '7' }, description: 'Two mugs' },
  });
  const paid = await visit(url, { number: '4242424242424242' });
  expect(paid).toMatchObject({ status: 303, location: `https://shop.example/thanks?session=${session.id}` });
  const after = await current();
  expect(after).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    customer: null,
    customer_details: { email: 'customer@example.com' },
    payment_intent: {
      amount: 1800,
      amount_received: 1800,
      description: 'Two mugs',
      metadata: { order: '7' },
      status: 'succeeded',
      latest_charge: { paid: true, payment_method_details: { card: { last4: '4242' } } },
    },
  });
  const intent = (after.payment_intent as Stripe.PaymentIntent).id;
  const found = await stripe.checkout.sessions.list({ payment_intent: intent });
  expect(found.data.map(({ id }) => id)).toEqual([session.id]);
});

test('shows a decline, and accepts another card', async () => {
  const { session, url, current, sandbox } = await openCheckout();
  const declined = await visit(url, { number: '4000000000009995' });
  expect(declined.status).toBe(402);
  expect(declined.text).toContain('Your card has insufficient funds.');
  expect(await current()).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    url: session.url,
  });
  expect((await visit(url, { test_card: '4242424242424242', number: '' })).status).toBe(303);
  expect((await current()).payment_intent).toMatchObject({ status: 'succeeded' });
  expect([...sandbox.store.paymentIntents.newestFirst()]).toHaveLength(1);
  expect([...sandbox.store.charges.newestFirst()].map(({ status }) => status)).toEqual([
    'succeeded',
    'failed',
  ]);
});

test('shows an input error with 402, without a charge', async () => {
  const { url, sandbox } = await openCheckout();
  const told = async (form: Record<string, string>) => (await visit(url, form)).text;
  expect(await told({ number: '4242424242424241' })).toContain('Your card number is incorrect.');
  expect(await told({})).toContain('Your card number is incorrect.');
  expect(await told({ number: '4242424242424242', expiry: '13/30' })).toContain(
    'expiration month is invalid',
  );
  expect(await told({ number: '4242424242424242', expiry: '01/20' })).toContain('expiration year is invalid');
  expect(await told({ number: '4242424242424242', cvc: '1' })).toContain('security code is invalid');
  expect([...sandbox.store.charges.newestFirst()]).toEqual([]);
});

test('a card that needs authentication redirects to the challenge and back', async () => {
  const { session, url, current } = await openCheckout();
  const asked = await visit(url, { number: '4000002760003184' });
  expect(asked.status).toBe(303);
  expect((await visit(asked.location!)).text).toContain('$18.00');
  expect((await current()).status).toBe('open');
  const back = await visit(asked.location!, { result: 'complete' });
  expect(back.location).toMatch(`${url}/done?payment_intent=pi_`);
  expect((await current()).payment_status).toBe('paid');
  expect((await visit(back.location!)).location).toBe(`https://shop.example/thanks?session=${session.id}`);
});

test('a failed challenge returns to the page, which shows the error', async () => {
  const { url, current } = await openCheckout();
  const asked = await visit(url, { number: '4000002760003184' });
  const back = await visit(asked.location!, { result: 'fail' });
  expect(back.location).toContain('redirect_status=failed');
  const again = await visit(back.location!);
  expect(again.location).toBe(new URL(url).pathname);
  expect((await visit(url)).text).toContain('failed authentication');
  expect((await current()).status).toBe('open');
  expect((await visit(asked.location!)).status).toBe(404);
});

test('the page shows the line items in their currency, and a link to cancel', async () => {
  const { url } = await openCheckout({
    line_items: [
      { price_data: { currency: 'jpy', unit_amount: 1200, product_data: { name: 'Tea' } }, quantity: 1 },
    ],
  });
  const { status, text } = await visit(url);
  expect(status).toBe(200);
  expect(text).toContain('¥1,200');
  expect(text).toContain('href="https://shop.example/cart"');
  expect(text).toContain('Sandbox');
});

test('the page of a closed session says so, and accepts no payment', async () => {
  const paid = await openCheckout();
  await visit(paid.url, { number: '4242424242424242' });
  expect((await visit(paid.url)).text).toContain('has been completed');
  expect((await visit(paid.url, { number: '4242424242424242' })).status).toBe(200);
  expect([...paid.sandbox.store.charges.newestFirst()]).toHaveLength(1);
  const late = await openCheckout();
  late.clock.advanceMs(24 * 3_600_000);
  const { text } = await visit(late.url, { number: '4242424242424242' });
  expect(text).toContain('has expired');
  expect(text).toContain(`href="${late.session.cancel_url}"`);
  expect((await visit(`${late.sandbox.url}/c/pay/cs_test_none`)).status).toBe(404);
});

test('escapes names and contact data, and loads nothing from other origins', async () => {
  const name = '"><script>alert(1)</script>';
  const { url } = await openCheckout({
    customer_email: 'a"><b@example.com',
    cancel_url: 'https://shop.example/"><script>x</script>',
    line_items: [{ price_data: { currency: 'usd', unit_amount: 900, product_data: { name } }, quantity: 1 }],
  });
  const response = await fetch(url);
  const text = await response.text();
  expect(text).not.toContain('<script');
  expect(text).toContain('&lt;script&gt;');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('creates a customer if the session asks for it, and keeps an existing one', async () => {
  const always = await openCheckout({ customer_creation: 'always' });
  await visit(always.url, { number: '4242424242424242', email: 'ada@example.com', name: 'Ada' });
  const { customer } = await always.current();
  expect(await always.stripe.customers.retrieve(customer as string)).toMatchObject({
    email: 'ada@example.com',
    name: 'Ada',
  });
});

test('the customer gets the name that was entered last', async () => {
  const { stripe, session, url } = await openCheckout({ customer_creation: 'always' });
  await visit(url, { number: '4000000000000002', email: 'eda@example.com' });
  await visit(url, { number: '4242424242424242', email: 'ada@example.com', name: 'Ada' });
  const { customer } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] });
  expect(customer).toMatchObject({ email: 'ada@example.com', name: 'Ada' });
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test('setup_future_usage saves the card for the customer', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const session = await stripe.checkout.sessions.create({
    ...SALE,
    customer,
    payment_intent_data: { setup_future_usage: 'off_session' },
  });
  await visit(session.url!, { number: '4242424242424242' });
  expect((await stripe.checkout.sessions.retrieve(session.id)).customer).toBe(customer);
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});

test('an expired session cancels its payment intent', async () => {
  const { url, session, stripe, sandbox } = await openCheckout();
  await visit(url, { number: '4000000000000002' });
  await stripe.checkout.sessions.expire(session.id);
  expect([...sandbox.store.paymentIntents.newestFirst()][0]?.status).toBe('canceled');
});

const BOX = {
  price_data: {
    currency: 'usd',
    unit_amount: 1200,
    product_data: { name: 'Box' },
    recurring: { interval: 'month' as const },
  },
  quantity: 1,
};
const CLUB: Partial<Create> = { mode: 'subscription', line_items: [BOX, SALE.line_items![0]!] };

test('the first payment starts a subscription, and includes one-time prices', async () => {
  const { url, current, stripe, session } = await openCheckout({
    ...CLUB,
    subscription_data: { metadata: { order: '7' }, description: 'Monthly box' },
  });
  expect((await visit(url)).text).toContain('per month');
  await visit(url, { number: '4242424242424242', email: 'ada@example.com' });
  const after = await current();
  expect(after).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    payment_intent: null,
    customer: expect.stringMatching(/^cus_/),
    subscription: expect.stringMatching(/^sub_1/),
    invoice: expect.stringMatching(/^in_1/),
  });
  const subscription = await stripe.subscriptions.retrieve(after.subscription as string, {
    expand: ['default_payment_method', 'latest_invoice'],
  });
  expect(subscription).toMatchObject({
    customer: after.customer,
    default_payment_method: { card: { last4: '4242' }, customer: after.customer },
    description: 'Monthly box',
    items: { data: [{ price: { unit_amount: 1200 }, quantity: 1 }] },
    latest_invoice: { id: after.invoice, amount_paid: 3000, status: 'paid' },
    metadata: { order: '7' },
    status: 'active',
  });
  const lines = await stripe.invoices.listLineItems(after.invoice as string);
  const [once] = lines.data.flatMap(({ parent }) => parent?.invoice_item_details ?? []);
  expect(once?.subscription).toBe(subscription.id);
  expect(await stripe.invoiceItems.retrieve(once!.invoice_item)).toMatchObject({
    amount: 1800,
    invoice: after.invoice,
  });
  const found = await stripe.checkout.sessions.list({ subscription: subscription.id });
  expect(found.data.map(({ id }) => id)).toEqual([session.id]);
});

test('a subscription can be paid after a decline or an authentication', async () => {
  const { url, current, stripe } = await openCheckout(CLUB);
  const declined = await visit(url, { number: '4000000000000002' });
  expect(declined.text).toContain('Your card was declined.');
  expect((await current()).subscription).toBeNull();
  const asked = await visit(url, { number: '4000002760003184' });
  await visit(asked.location!, { result: 'complete' });
  const { subscription, payment_status } = await current();
  expect(payment_status).toBe('paid');
  expect((await stripe.subscriptions.retrieve(subscription as string)).status).toBe('active');
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toHaveLength(1);
});

test('a trial saves a card, and charges it when it ends', async () => {
  const { url, current, stripe, clock } = await openCheckout({
    ...CLUB,
    line_items: [BOX],
    subscription_data: { trial_period_days: 7 },
  });
  expect((await visit(url)).text).toContain('free trial');
  await visit(url, { number: '4242424242424242' });
  const { subscription, payment_status } = await current();
  expect(payment_status).toBe('no_payment_required');
  expect((await stripe.subscriptions.retrieve(subscription as string)).status).toBe('trialing');
  clock.advanceMs(8 * 24 * 3_600_000);
  const invoices = await stripe.invoices.list({ subscription: subscription as string });
  expect(invoices.data.map(({ amount_paid }) => amount_paid)).toEqual([1200, 0]);
});

test('an expired session cancels its subscription', async () => {
  const { url, session, stripe } = await openCheckout(CLUB);
  await visit(url, { number: '4000000000000002' });
  await stripe.checkout.sessions.expire(session.id);
  expect((await stripe.subscriptions.list()).data).toEqual([]);
});

test('setup mode saves a card for later', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    customer,
    success_url: SALE.success_url!,
  });
  expect(session).toMatchObject({ amount_total: null, payment_status: 'no_payment_required' });
  expect(session.setup_intent).toMatch(/^seti_1/);
  expect((await visit(session.url!)).text).toContain('Save card');
  await visit(session.url!, { number: '4242424242424242' });
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete');
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});
