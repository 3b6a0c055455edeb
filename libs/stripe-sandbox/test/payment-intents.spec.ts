import { describe, expect } from 'vitest';
import { CARD_ONLY, openShop } from './payments.js';
import { clientOf, failureOf, test } from './support.js';

// https://docs.stripe.com/api/payment_intents/object
test('a new intent requires a payment method', async ({ stripe, sandbox }) => {
  const intent = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    metadata: { order: '7' },
  });
  expect(intent).toMatchObject({
    id: expect.stringMatching(/^pi_3[A-Za-z0-9]{23}$/),
    client_secret: expect.stringMatching(new RegExp(`^${intent.id}_secret_[A-Za-z0-9]{25}$`)),
    status: 'requires_payment_method',
    amount: 2000,
    amount_received: 0,
    // https://docs.stripe.com/upgrades#2024-04-10
    capture_method: 'automatic_async',
    // https://docs.stripe.com/upgrades#2023-08-16
    automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
    allowed_payment_method_types: null,
    payment_method_types: ['card'],
    latest_charge: null,
    metadata: { order: '7' },
  });
  expect([...sandbox.store.events.oldestFirst()].map(({ type }) => type)).toEqual(['payment_intent.created']);
});

test('an intent with a payment method requires confirmation, which pays it', async () => {
  const { stripe, customer, card, events } = await openShop();
  const { id, status } = await stripe.paymentIntents.create({
    ...CARD_ONLY,
    amount: 1099,
    customer: customer.id,
    payment_method: card.id,
    description: 'One book',
    metadata: { isbn: '1' },
  });
  expect(status).toBe('requires_confirmation');
  const paid = await stripe.paymentIntents.confirm(id, { expand: ['latest_charge'] });
  expect(paid).toMatchObject({
    status: 'succeeded',
    amount_received: 1099,
    payment_method: card.id,
    latest_charge: {
      object: 'charge',
      amount: 1099,
      amount_captured: 1099,
      captured: true,
      customer: customer.id,
      description: 'One book',
      metadata: { isbn: '1' },
      paid: true,
      payment_intent: id,
      status: 'succeeded',
    },
  });
  expect(events().slice(-3)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ]);
});

test("a confirmation without a payment method uses the customer's default", async () => {
  const { stripe, customer, card, pay } = await openShop();
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  expect(await pay(500, { payment_method: undefined })).toMatchObject({
    status: 'succeeded',
    payment_method: card.id,
  });
});

test('a decline returns 402 with the intent, and stores the failed charge', async () => {
  const { stripe, pay, card, customer, events } = await openShop('pm_card_chargeCustomerFail');
  const failure = await failureOf(pay(1000));
  const charge = failure.charge as string;
  const shared = {
    code: 'card_declined',
    decline_code: 'generic_decline',
    doc_url: 'https://stripe.com/docs/error-codes/card-declined',
    message: 'Your card was declined.',
  };
  expect(failure.raw).toMatchObject({
    ...shared,
    statusCode: 402,
    type: 'card_error',
    charge: expect.stringMatching(/^ch_3[A-Za-z0-9]{23}$/),
    payment_method: { id: card.id, object: 'payment_method' },
    payment_intent: {
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: charge,
      last_payment_error: { ...shared, type: 'card_error', charge, payment_method: { id: card.id } },
    },
  });
  const intent = await stripe.paymentIntents.retrieve(failure.payment_intent!.id);
  expect(intent).toEqual(failure.payment_intent);
  expect((await stripe.charges.list({ customer: customer.id })).data).toMatchObject([
    {
      id: charge,
      status: 'failed',
      paid: false,
      captured: false,
      failure_code: 'card_declined',
      failure_message: 'Your card was declined.',
      outcome: {
        network_status: 'declined_by_network',
        reason: 'generic_decline',
        type: 'issuer_declined',
      },
      receipt_url: null,
    },
  ]);
  expect(events().slice(-2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
});

test('a declined intent can be paid with another card', async () => {
  const { stripe, pay, customer } = await openShop('pm_card_chargeCustomerFail');
  const { payment_intent: declined } = await failureOf(pay(1000));
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const paid = await stripe.paymentIntents.confirm(declined!.id, { payment_method: good.id });
  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  const charges = (await stripe.charges.list({ payment_intent: paid.id })).data;
  expect(charges.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
});

describe('what an intent refuses once it has ended', () => {
  test('a second confirmation', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(1000);
    expect((await failureOf(stripe.paymentIntents.confirm(id))).raw).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
      payment_intent: { id, status: 'succeeded' },
    });
  });

  test('a cancellation', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(1000);
    expect(await failureOf(stripe.paymentIntents.cancel(id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: expect.stringMatching(
        /^You cannot cancel this PaymentIntent because it has a status of succeeded\. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method,/,
      ),
      payment_intent: { id },
    });
  });

  test('another amount, but not other metadata', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(1000);
    expect(await failureOf(stripe.paymentIntents.update(id, { amount: 2000 }))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      param: 'amount',
      message:
        "This PaymentIntent's amount could not be updated because it has a status of succeeded. You may only update the amount of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.",
    });
    expect((await stripe.paymentIntents.update(id, { metadata: { a: '1' } })).metadata).toEqual({ a: '1' });
  });
});

test('an open intent is updated and canceled', async () => {
  const { stripe, customer, card, clock } = await openShop();
  const { id } = await stripe.paymentIntents.create({ ...CARD_ONLY, amount: 1000, customer: customer.id });
  const ready = await stripe.paymentIntents.update(id, { amount: 1500, payment_method: card.id });
  expect(ready).toMatchObject({ status: 'requires_confirmation', amount: 1500, payment_method: card.id });
  const other = await stripe.customers.create();
  const failure = await failureOf(stripe.paymentIntents.update(id, { customer: other.id }));
  expect(failure.message).toMatch(
    /^You cannot modify `customer` on a PaymentIntent once it already has been set/,
  );
  expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({
    status: 'canceled',
    canceled_at: clock.nowMs() / 1000,
    cancellation_reason: 'abandoned',
  });
});

test('refuses a confirmation without a payment method', async ({ stripe }) => {
  const { id } = await stripe.paymentIntents.create({ ...CARD_ONLY, amount: 1000 });
  expect(await failureOf(stripe.paymentIntents.confirm(id))).toMatchObject({
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
    message: expect.stringMatching(
      /^You cannot confirm this PaymentIntent because it's missing a payment method/,
    ),
    payment_intent: { id },
  });
});

test("lists are filtered by customer, newest first, and a client's own secret opens its intent", async () => {
  const { stripe, sandbox, pay, customer } = await openShop();
  const [first, second] = [await pay(1000), await pay(2000)];
  await stripe.paymentIntents.create({ amount: 3000, currency: 'usd' });
  const { data } = await clientOf(sandbox).paymentIntents.list({ customer: customer.id });
  expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
  const missing = await failureOf(stripe.paymentIntents.retrieve('pi_nothing'));
  expect(missing).toMatchObject({
    statusCode: 404,
    param: 'intent',
    message: "No such payment_intent: 'pi_nothing'",
  });
  const secret = { client_secret: first.client_secret! };
  expect((await stripe.paymentIntents.retrieve(first.id, secret)).id).toBe(first.id);
  const wrong = stripe.paymentIntents.retrieve(first.id, { client_secret: second.client_secret! });
  expect((await failureOf(wrong)).statusCode).toBe(400);
});
