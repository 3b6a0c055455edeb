import { expect } from 'vitest';
import { visit } from './pages.js';
import { openBench, test } from './support.js';

async function openSetup() {
  const bench = await openBench();
  const { id: customer } = await bench.stripe.customers.create({});
  const intent = await bench.stripe.setupIntents.create({ customer });
  const url = `${bench.sandbox.url}/confirm/${intent.client_secret}`;
  const current = () => bench.stripe.setupIntents.retrieve(intent.id);
  const cards = async () => (await bench.stripe.customers.listPaymentMethods(customer)).data;
  return { ...bench, customer, intent, url, current, cards };
}

test('a setup intent can be confirmed in a browser, by its client secret', async () => {
  const { url, current, cards } = await openSetup();
  expect((await visit(url)).text).toContain('Save your card for later');
  expect(await visit(url, { number: '4242424242424242' })).toMatchObject({ status: 303, location: url });
  expect((await current()).status).toBe('succeeded');
  expect(await cards()).toMatchObject([{ card: { last4: '4242' } }]);
  expect((await visit(url)).text).toContain('Your card has been saved.');
});

test('a challenge completes a setup that needs authentication', async () => {
  const { url, current } = await openSetup();
  const asked = await visit(url, { number: '4000002760003184' });
  expect((await visit(asked.location!)).text).toContain('save your card for later');
  const back = await visit(asked.location!, { result: 'complete' });
  expect(back.location).toContain('setup_intent=seti_');
  expect((await current()).status).toBe('succeeded');
});

test('shows a decline, and accepts another card', async () => {
  const { url, current, cards } = await openSetup();
  const refused = await visit(url, { number: '4000000000000002' });
  expect(refused).toMatchObject({ status: 402 });
  expect(refused.text).toContain('Your card was declined.');
  expect((await current()).status).toBe('requires_payment_method');
  await visit(url, { number: '4242424242424242' });
  expect(await cards()).toHaveLength(1);
});

test('an incomplete subscription can be paid on the page of its confirmation secret', async ({
  stripe,
  sandbox,
}) => {
  const { id: customer } = await stripe.customers.create({});
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Club' },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice.confirmation_secret'],
  });
  const invoice = subscription.latest_invoice;
  const secret = typeof invoice === 'object' ? invoice?.confirmation_secret?.client_secret : undefined;
  const url = `${sandbox.url}/confirm/${secret}`;
  expect((await visit(url)).text).toContain('$10.00');
  await visit(url, { number: '4242424242424242' });
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
});

test('returns 404 without the complete client secret', async () => {
  const { sandbox, intent } = await openSetup();
  expect((await visit(`${sandbox.url}/confirm/${intent.id}`)).status).toBe(404);
  expect((await visit(`${sandbox.url}/confirm/${intent.id}_secret_x`)).status).toBe(404);
  expect((await visit(`${sandbox.url}/3ds/${intent.id}`)).status).toBe(404);
});
