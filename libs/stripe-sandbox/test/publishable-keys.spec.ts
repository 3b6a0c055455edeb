import { Stripe } from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { createSandbox } from '../create-sandbox.js';
import { CARD_ONLY } from './payments.js';
import { clientOf, failureOf } from './support.js';

/** A sandbox, seen by its account and by a browser, whose answers are parts of what stripe-node's types say. */
async function openPage() {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const { port } = sandbox;
  const browser = new Stripe('pk_test_browser', { host: '127.0.0.1', port, protocol: 'http' });
  return { stripe: clientOf(sandbox), browser };
}

const ORDER = { ...CARD_ONLY, amount: 1000, metadata: { order: '7' } };
/** The secret is a parameter that stripe-node does not know of a confirmation. */
const withSecret = ({ client_secret }: { client_secret: string | null }, more: object = {}) =>
  ({ client_secret: client_secret!, ...more }) as { client_secret: string; payment_method?: string };

// https://docs.stripe.com/api/payment_intents/retrieve: only a part of the intent is returned.
test('a browser confirms a payment intent with its client secret, and gets only the fields that Stripe.js gets', async () => {
  const { stripe, browser } = await openPage();
  const intent = await stripe.paymentIntents.create(ORDER);
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
  const { id } = await browser.paymentMethods.create({ type: 'card', card });
  const paid = await browser.paymentIntents.confirm(intent.id, withSecret(intent, { payment_method: id }));
  expect(paid).toMatchObject({ id: intent.id, amount: 1000, payment_method: id, status: 'succeeded' });
  const seen = await browser.paymentIntents.retrieve(intent.id, withSecret(intent));
  expect(seen).toMatchObject({ amount: 1000, client_secret: intent.client_secret, status: 'succeeded' });
  for (const field of ['customer', 'latest_charge', 'metadata']) expect(seen).not.toHaveProperty(field);
});

test('a browser confirms a setup intent with its client secret', async () => {
  const { stripe, browser } = await openPage();
  const intent = await stripe.setupIntents.create({ allowed_payment_method_types: ['card'] });
  const choice = { payment_method: 'pm_card_visa' };
  expect(await browser.setupIntents.confirm(intent.id, withSecret(intent, choice))).toMatchObject({
    status: 'succeeded',
  });
  const seen = await browser.setupIntents.retrieve(intent.id, withSecret(intent));
  expect(seen.status).toBe('succeeded');
  expect(seen).not.toHaveProperty('metadata');
});

test('a decline also gives a browser only the fields that Stripe.js gets', async () => {
  const { stripe, browser } = await openPage();
  const intent = await stripe.paymentIntents.create(ORDER);
  const choice = { payment_method: 'pm_card_visa_chargeDeclined' };
  const failure = await failureOf(browser.paymentIntents.confirm(intent.id, withSecret(intent, choice)));
  expect(failure).toMatchObject({ statusCode: 402, payment_intent: { id: intent.id } });
  expect(failure.payment_intent).not.toHaveProperty('metadata');
});

test('a browser never gets the customer of a payment method, neither expanded nor in an error', async () => {
  const { stripe, browser } = await openPage();
  const { id: customer } = await stripe.customers.create();
  const attached = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.paymentMethods.update(attached.id, { metadata: { order: '7' } });
  const intent = await stripe.paymentIntents.create({ ...ORDER, customer, payment_method: attached.id });
  const expand = ['payment_method'];
  const seen = await browser.paymentIntents.retrieve(intent.id, withSecret(intent, { expand }));
  const failure = await failureOf(browser.paymentIntents.confirm(intent.id, withSecret(intent)));
  const declined = await browser.paymentIntents.retrieve(intent.id, withSecret(intent));
  const told = [failure, failure.payment_intent?.last_payment_error, declined.last_payment_error];
  for (const method of [seen.payment_method, ...told.map((error) => error?.payment_method)]) {
    expect(method).toMatchObject({ id: expect.stringMatching(/^pm_/), card: { last4: '0341' } });
    for (const field of ['customer', 'metadata']) expect(method).not.toHaveProperty(field);
  }
});

test('browsers have their own idempotency keys', async () => {
  const { stripe, browser } = await openPage();
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };
  const make = (client: Stripe) =>
    client.paymentMethods.create({ type: 'card', card }, { idempotencyKey: 'k' });
  const { id } = await make(stripe);
  expect((await make(browser)).id).not.toBe(id);
  expect((await make(stripe)).id).toBe(id);
});

test('refuses a missing or wrong client secret', async () => {
  const { stripe, browser } = await openPage();
  const [mine, other] = await Promise.all([
    stripe.paymentIntents.create(ORDER),
    stripe.paymentIntents.create(ORDER),
  ]);
  await expect(browser.paymentIntents.retrieve(mine.id)).rejects.toMatchObject({
    statusCode: 400,
    code: 'parameter_missing',
    param: 'client_secret',
  });
  const wrong = withSecret(other, { payment_method: 'pm_card_visa' });
  for (const call of [
    browser.paymentIntents.retrieve(mine.id, withSecret(other)),
    browser.paymentIntents.confirm(mine.id, wrong),
  ]) {
    await expect(call).rejects.toMatchObject({
      statusCode: 400,
      param: 'client_secret',
      message:
        'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
    });
  }
  expect((await stripe.paymentIntents.retrieve(mine.id)).status).toBe('requires_payment_method');
});

// https://docs.stripe.com/error-codes#secret-key-required
test('all other routes need a secret key', async () => {
  const { browser } = await openPage();
  for (const call of [
    browser.customers.list(),
    browser.paymentIntents.create(ORDER),
    browser.paymentIntents.cancel('pi_any'),
  ]) {
    await expect(call).rejects.toMatchObject({
      type: 'StripePermissionError',
      statusCode: 403,
      code: 'secret_key_required',
      message: expect.stringMatching(/^This API call cannot be made with a publishable API key\./),
    });
  }
});
