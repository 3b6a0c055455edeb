import { describe, expect } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { failureOf, request, test } from './support.js';

describe('which payment method an intent may use', () => {
  test("refuses another customer's", async () => {
    const { stripe, pay, card } = await openShop();
    const other = await stripe.customers.create();
    expect((await failureOf(pay(1000, { customer: other.id }))).raw).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
      message: `The PaymentMethod ${card.id} does not belong to the Customer you supplied ${other.id}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
    });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  test("refuses a customer's without the customer", async () => {
    const { stripe, card, customer } = await openShop();
    const { id } = await stripe.paymentIntents.create({ ...CARD_ONLY, amount: 1000 });
    const failure = await failureOf(stripe.paymentIntents.confirm(id, { payment_method: card.id }));
    expect(failure.raw).toMatchObject({
      statusCode: 400,
      code: 'parameter_missing',
      message: `The \`payment_method\` parameter supplied ${card.id} belongs to the Customer ${customer.id}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      payment_intent: { id, status: 'requires_payment_method' },
    });
  });

  test('refuses one that was detached', async () => {
    const { stripe, pay, card } = await openShop();
    await stripe.paymentMethods.detach(card.id);
    const { raw } = await failureOf(pay(1000));
    expect(raw).toMatchObject({
      type: 'invalid_request_error',
      statusCode: 400,
      message:
        'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    });
    expect(raw).not.toHaveProperty('code');
    expect(raw).not.toHaveProperty('param');
  });

  // https://docs.stripe.com/api/payment_methods/attach
  test('accepts one without a customer, but only once unless it is saved', async () => {
    const { stripe, customer } = await openShop();
    const card = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const once = { ...CARD_ONLY, amount: 1000, payment_method: card.id, confirm: true };
    expect((await stripe.paymentIntents.create(once)).status).toBe('succeeded');
    expect((await failureOf(stripe.paymentIntents.create(once))).message).toContain('may not be used again');

    const fresh = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const kept = { ...once, payment_method: fresh.id, customer: customer.id };
    await stripe.paymentIntents.create({ ...kept, setup_future_usage: 'off_session' });
    expect((await stripe.paymentMethods.retrieve(fresh.id)).customer).toBe(customer.id);
    expect((await stripe.paymentIntents.create(kept)).status).toBe('succeeded');
  });
});

describe('an intent that may redirect', () => {
  const params = { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };

  // https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods
  test('needs a return_url', async ({ stripe }) => {
    const failure = await failureOf(stripe.paymentIntents.create(params));
    expect(failure.statusCode).toBe(400);
    expect(failure.message).toMatch(/^This PaymentIntent is configured to accept payment methods enabled/);
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  test('not before 2023-08-16, when intents take only cards by default', async ({ stripe }) => {
    const older = { apiVersion: '2022-11-15' };
    const setup = { payment_method: 'pm_card_authenticationRequired', confirm: true };
    expect(await stripe.paymentIntents.create(params, older)).toMatchObject({
      automatic_payment_methods: null,
      payment_method_types: ['card'],
      status: 'succeeded',
    });
    expect((await stripe.setupIntents.create(setup, older)).status).toBe('requires_action');
    const automatic = { ...params, automatic_payment_methods: { enabled: true } };
    expect((await failureOf(stripe.paymentIntents.create(automatic, older))).statusCode).toBe(400);
  });

  test.for([
    { return_url: 'https://shop.example' },
    { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } },
    { allowed_payment_method_types: ['card'] },
    { use_stripe_sdk: true },
  ] as const)('not with %o', async (more, { stripe }) => {
    const intent = await stripe.paymentIntents.create({ ...params, ...(more as object) });
    expect(intent.status).toBe('succeeded');
  });
});

// https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
describe('payment_method_types', () => {
  const form = 'amount=1000&currency=usd&payment_method_types[0]=card';

  test.for([
    ['/v1/payment_intents', form],
    ['/v1/setup_intents', 'payment_method_types[0]=card'],
  ] as const)('is refused by %s from endive on', async ([path, body], { sandbox }) => {
    const answer = await request(sandbox, 'POST', path, { form: body });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' } },
    });
  });

  test('is accepted by earlier versions', async ({ sandbox }) => {
    const headers = { 'stripe-version': '2026-08-26.dahlia' };
    const answer = await request(sandbox, 'POST', '/v1/payment_intents', { form, headers });
    expect(answer).toMatchObject({
      status: 200,
      body: { payment_method_types: ['card'], automatic_payment_methods: null },
    });
  });
});

test('the ways to choose payment methods exclude each other', async ({ stripe }) => {
  const call = stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 1000,
    automatic_payment_methods: { enabled: true },
  });
  expect((await failureOf(call)).message).toBe(
    'You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.',
  );
});
