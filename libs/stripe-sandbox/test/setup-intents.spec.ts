import { describe, expect } from 'vitest';
import { completeSetupAuthentication } from '../nouns/setup-intents/confirm.js';
import { openShop } from './payments.js';
import { failureOf, test } from './support.js';

const CARDS = { allowed_payment_method_types: ['card' as const] };

// https://docs.stripe.com/api/setup_intents/object
test('a new setup intent requires a payment method', async ({ stripe }) => {
  const intent = await stripe.setupIntents.create({ metadata: { a: '1' } });
  expect(intent).toMatchObject({
    id: expect.stringMatching(/^seti_1[A-Za-z0-9]{23}$/),
    client_secret: expect.stringMatching(new RegExp(`^${intent.id}_secret_[A-Za-z0-9]{25}$`)),
    customer: null,
    last_setup_error: null,
    latest_attempt: null,
    metadata: { a: '1' },
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: 'off_session',
  });
});

test('a confirmation saves the card to the customer', async () => {
  const { stripe, customer, events } = await openShop();
  const { id: card } = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_mastercard' },
  });
  const created = await stripe.setupIntents.create({ ...CARDS, customer: customer.id, payment_method: card });
  expect(created.status).toBe('requires_confirmation');
  const done = await stripe.setupIntents.confirm(created.id, { expand: ['latest_attempt'] });
  expect(done).toMatchObject({
    status: 'succeeded',
    payment_method: card,
    latest_attempt: {
      object: 'setup_attempt',
      payment_method: card,
      setup_error: null,
      setup_intent: created.id,
      status: 'succeeded',
    },
  });
  expect((await stripe.paymentMethods.retrieve(card)).customer).toBe(customer.id);
  expect(events().slice(-3)).toEqual([
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
  ]);
  const attempts = await stripe.setupAttempts.list({ setup_intent: created.id });
  expect(attempts.data).toEqual([done.latest_attempt]);
});

test('a declined card fails, and the intent stays open', async () => {
  const { stripe, customer, events } = await openShop();
  const failure = await failureOf(
    stripe.setupIntents.create({
      ...CARDS,
      customer: customer.id,
      payment_method: 'pm_card_chargeDeclinedExpiredCard',
      confirm: true,
    }),
  );
  const shared = { code: 'expired_card', decline_code: 'expired_card', param: 'exp_month' };
  expect(failure.raw).toMatchObject({
    ...shared,
    statusCode: 402,
    type: 'card_error',
    message: 'Your card has expired.',
    setup_intent: {
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { ...shared, type: 'card_error', payment_method: { object: 'payment_method' } },
    },
  });
  expect(await stripe.setupIntents.retrieve(failure.setup_intent!.id)).toEqual(failure.setup_intent);
  expect(events().at(-1)).toBe('setup_intent.setup_failed');
});

describe('3D Secure', () => {
  async function waiting() {
    const shop = await openShop('pm_card_authenticationRequiredOnSetup');
    const intent = await shop.stripe.setupIntents.create({
      customer: shop.customer.id,
      payment_method: shop.card.id,
      confirm: true,
      return_url: 'https://shop.example/back',
    });
    return { ...shop, intent };
  }

  test('is required', async () => {
    const { sandbox, intent, events } = await waiting();
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'redirect_to_url',
        redirect_to_url: { return_url: 'https://shop.example/back', url: `${sandbox.url}/3ds/${intent.id}` },
      },
    });
    expect(events().at(-1)).toBe('setup_intent.requires_action');
  });

  // https://docs.stripe.com/testing#authentication-and-setup
  test('is not required again after it passed', async () => {
    const { sandbox, stripe, intent, pay } = await waiting();
    expect((await failureOf(pay(1000))).code).toBe('authentication_required');
    sandbox.run((ctx) => completeSetupAuthentication(ctx, ctx.store.setupIntents.get(intent.id)!, true));
    expect((await stripe.setupIntents.retrieve(intent.id)).status).toBe('succeeded');
    expect((await pay(1000)).status).toBe('succeeded');
  });

  test('after a failed challenge the intent requires another payment method', async () => {
    const { sandbox, stripe, intent } = await waiting();
    sandbox.run((ctx) => completeSetupAuthentication(ctx, ctx.store.setupIntents.get(intent.id)!, false));
    expect(await stripe.setupIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
  });
});

test("another customer's payment method is refused, and a customer's without the customer", async () => {
  const { stripe, card, customer } = await openShop();
  const other = await stripe.customers.create();
  const wrong = stripe.setupIntents.create({ customer: other.id, payment_method: card.id });
  expect(await failureOf(wrong)).toMatchObject({
    statusCode: 400,
    param: 'payment_method',
    message: `The PaymentMethod ${card.id} does not belong to the Customer you supplied ${other.id}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
  });
  expect((await failureOf(stripe.setupIntents.create({ payment_method: card.id }))).message).toBe(
    `The payment method supplied (${card.id}) belongs to the Customer ${customer.id}. Please include the Customer in the \`customer\` parameter on the SetupIntent.`,
  );
});

test('requires a return_url if the intent may redirect', async () => {
  const { stripe, customer, card } = await openShop();
  const params = { customer: customer.id, payment_method: card.id, confirm: true };
  expect((await failureOf(stripe.setupIntents.create(params))).message).toMatch(
    /^This SetupIntent is configured to accept payment methods enabled in your Dashboard/,
  );
});

describe('the wrong state', () => {
  test('once it has succeeded', async () => {
    const { stripe, customer, card } = await openShop();
    const params = { ...CARDS, customer: customer.id, payment_method: card.id, confirm: true };
    const { id } = await stripe.setupIntents.create(params);
    expect(await failureOf(stripe.setupIntents.confirm(id))).toMatchObject({
      statusCode: 400,
      code: 'setup_intent_unexpected_state',
      message: 'You cannot confirm this SetupIntent because it has already succeeded.',
      setup_intent: { id, status: 'succeeded' },
    });
    expect((await failureOf(stripe.setupIntents.cancel(id))).message).toBe(
      'You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.',
    );
  });

  test('once it is canceled', async () => {
    const { stripe, card, customer } = await openShop();
    const { id } = await stripe.setupIntents.create({ customer: customer.id, payment_method: card.id });
    const canceled = await stripe.setupIntents.cancel(id, { cancellation_reason: 'duplicate' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'duplicate' });
    expect((await failureOf(stripe.setupIntents.confirm(id))).message).toBe(
      'You cannot confirm this SetupIntent because it has been canceled.',
    );
    expect((await failureOf(stripe.setupIntents.cancel(id))).message).toBe(
      'You cannot cancel this SetupIntent because it is already canceled.',
    );
  });

  test('without a payment method', async ({ stripe }) => {
    const { id } = await stripe.setupIntents.create();
    expect(await failureOf(stripe.setupIntents.confirm(id))).toMatchObject({
      code: 'setup_intent_unexpected_state',
      message: expect.stringMatching(
        /^You cannot confirm this SetupIntent because it's missing a payment method/,
      ),
      setup_intent: { id },
    });
  });
});

test('an update gives it a payment method, and lists are filtered', async () => {
  const { stripe, customer, card } = await openShop();
  const { id } = await stripe.setupIntents.create({ customer: customer.id });
  await stripe.setupIntents.create();
  const updated = await stripe.setupIntents.update(id, { payment_method: card.id, description: 'For later' });
  expect(updated).toMatchObject({ status: 'requires_confirmation', description: 'For later' });
  for (const filter of [{ customer: customer.id }, { payment_method: card.id }]) {
    expect((await stripe.setupIntents.list(filter)).data).toEqual([updated]);
  }
  const missing = await failureOf(stripe.setupIntents.retrieve('seti_nothing'));
  expect(missing).toMatchObject({ statusCode: 404, message: "No such setupintent: 'seti_nothing'" });
});
