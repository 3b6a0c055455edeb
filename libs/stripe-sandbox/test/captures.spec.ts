import { expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

const HELD = { capture_method: 'manual' } as const;

// https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
test('holds money, then captures it', async () => {
  const { stripe, pay, events, clock } = await openShop();
  const held = await pay(6500, { ...HELD, expand: ['latest_charge'] });
  expect(held).toMatchObject({
    status: 'requires_capture',
    amount_capturable: 6500,
    amount_received: 0,
    latest_charge: {
      status: 'succeeded',
      paid: true,
      captured: false,
      amount_captured: 0,
      payment_method_details: { card: { capture_before: clock.nowMs() / 1000 + 7 * 24 * 60 * 60 } },
    },
  });
  expect(events().slice(-2)).toEqual(['charge.succeeded', 'payment_intent.amount_capturable_updated']);
  expect(await stripe.paymentIntents.capture(held.id, { metadata: { shipped: 'yes' } })).toMatchObject({
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: 6500,
    metadata: { shipped: 'yes' },
  });
  expect(events().slice(-2)).toEqual(['charge.captured', 'payment_intent.succeeded']);
});

test('a partial capture releases the rest', async () => {
  const { stripe, pay } = await openShop();
  const { id } = await pay(5000, HELD);
  const taken = await stripe.paymentIntents.capture(id, {
    amount_to_capture: 3000,
    expand: ['latest_charge'],
  });
  expect(taken).toMatchObject({
    amount: 5000,
    amount_received: 3000,
    latest_charge: { captured: true, amount_captured: 3000, amount_refunded: 2000, refunded: false },
  });
  expect((await failureOf(stripe.paymentIntents.capture(id))).message).toBe(
    'This PaymentIntent could not be captured because it has already been captured.',
  );
});

test('refuses to capture more than is held', async () => {
  const { stripe, pay } = await openShop();
  const { id } = await pay(5000, HELD);
  const failure = await failureOf(stripe.paymentIntents.capture(id, { amount_to_capture: 5001 }));
  expect(failure).toMatchObject({
    statusCode: 400,
    code: 'amount_too_large',
    message: expect.stringMatching(/requested capture amount is greater than the amount you can capture/),
    payment_intent: { id, status: 'requires_capture' },
  });
});

test('refuses to capture an intent without held money', async () => {
  const { stripe } = await openShop();
  const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
  expect(await failureOf(stripe.paymentIntents.capture(id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
    message:
      'This PaymentIntent could not be captured because it has a status of requires_payment_method. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.',
  });
});

test('a cancellation releases the held money', async () => {
  const { stripe, pay, events } = await openShop();
  const { id } = await pay(5000, HELD);
  const canceled = await stripe.paymentIntents.cancel(id, { expand: ['latest_charge'] });
  expect(canceled).toMatchObject({
    status: 'canceled',
    amount_capturable: 0,
    latest_charge: { status: 'succeeded', captured: false, amount_refunded: 5000, refunded: true },
  });
  expect(events().slice(-2)).toEqual(['charge.refunded', 'payment_intent.canceled']);
});

test('releases held money after seven days', async () => {
  const { stripe, pay, clock, events } = await openShop();
  const { id } = await pay(5000, HELD);
  clock.advanceMs(7 * 24 * 60 * 60 * 1000 - 1000);
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_capture');
  clock.advanceMs(1000);
  expect(await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'automatic',
    latest_charge: { refunded: true },
  });
  expect(events().slice(-2)).toEqual(['payment_intent.canceled', 'charge.expired']);
});

test('the option for cards overrides the capture method', async () => {
  const { pay } = await openShop();
  const intent = await pay(5000, { payment_method_options: { card: { capture_method: 'manual' } } });
  expect(intent).toMatchObject({ status: 'requires_capture', capture_method: 'automatic_async' });
});

// https://docs.stripe.com/api/payment_intents/capture#capture_payment_intent-statement_descriptor_suffix
test('a capture can change the statement descriptor suffix', async () => {
  const { stripe, pay } = await openShop();
  const { id } = await pay(5000, { ...HELD, statement_descriptor_suffix: 'ORDER 1' });
  const statement_descriptor_suffix = 'PART 1';
  const captured = await stripe.paymentIntents.capture(id, {
    statement_descriptor_suffix,
    expand: ['latest_charge'],
  });
  expect(captured).toMatchObject({
    statement_descriptor_suffix,
    latest_charge: { statement_descriptor_suffix, calculated_statement_descriptor: 'Stripe* PART 1' },
  });
});
