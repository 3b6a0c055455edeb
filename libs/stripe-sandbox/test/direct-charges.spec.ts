import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { failureOf, openBench } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const PRICE = { amount: 2000, currency: 'usd' };

async function openTill() {
  const bench = await openBench();
  const { stripe, sandbox } = bench;
  const charge = (params: Partial<Stripe.ChargeCreateParams> = {}) =>
    stripe.charges.create({ ...PRICE, source: 'tok_visa', ...params });
  const events = () => [...sandbox.store.events.oldestFirst()].map(({ type }) => type);
  return { ...bench, charge, events };
}

// https://docs.stripe.com/api/charges/create. That it has a balance transaction and its card as `source`: recorded in 2026.
test('a token is charged without a payment intent', async () => {
  const { stripe, charge, events } = await openTill();
  const { id, ...created } = await charge({ description: 'A mug', metadata: { order: '7' } });
  expect(created).toMatchObject({
    amount_captured: 2000,
    balance_transaction: expect.stringMatching(/^txn_/),
    captured: true,
    customer: null,
    description: 'A mug',
    metadata: { order: '7' },
    paid: true,
    payment_intent: null,
    payment_method: expect.stringMatching(/^card_/),
    payment_method_details: { type: 'card', card: { last4: '4242' } },
    source: { id: created.payment_method, object: 'card', brand: 'Visa', last4: '4242' },
    status: 'succeeded',
  });
  expect(events()).toEqual(['charge.succeeded']);
  expect(await stripe.refunds.create({ charge: id })).toMatchObject({
    amount: 2000,
    payment_intent: null,
    status: 'succeeded',
  });
  expect((await stripe.charges.retrieve(id)).refunded).toBe(true);
});

test("a customer's default source, or the one that is named, is charged", async () => {
  const { stripe, charge } = await openTill();
  const { id: customer, default_source } = await stripe.customers.create({ source: 'tok_visa' });
  const amex = await stripe.customers.createSource(customer, { source: 'tok_amex' });
  const paid = await charge({ customer, source: undefined });
  expect(paid).toMatchObject({ customer, payment_method: default_source });
  expect((await charge({ customer, source: amex.id })).payment_method).toBe(amex.id);
  const { id: poor } = await stripe.customers.create();
  for (const params of [
    { customer: poor, source: undefined },
    { customer: poor, source: amex.id },
  ]) {
    expect(await failureOf(charge(params))).toMatchObject({
      statusCode: 402,
      code: 'missing',
      param: 'card',
    });
  }
  expect((await failureOf(charge({ source: undefined }))).statusCode).toBe(400);
});

// https://docs.stripe.com/testing#declined-payments; nobody can authenticate.
test.for([
  ['tok_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['tok_threeDSecure2Required', 'authentication_required', 'authentication_required'],
] as const)('%s is declined as %s', async ([source, code, decline_code]) => {
  const { stripe, charge, events } = await openTill();
  const failure = await failureOf(charge({ source }));
  expect(failure).toMatchObject({ statusCode: 402, code, decline_code, payment_intent: undefined });
  const failed = await stripe.charges.retrieve((failure.raw as { charge: string }).charge);
  expect(failed).toMatchObject({ paid: false, status: 'failed', failure_code: code });
  expect(events()).toEqual(['charge.failed']);
  expect((await failureOf(stripe.refunds.create({ charge: failed.id }))).statusCode).toBe(400);
});

// https://docs.stripe.com/api/charges/capture
test('a held charge is captured, refunded, or expires after seven days', async () => {
  const { stripe, charge, clock, events } = await openTill();
  const hold = async () => (await charge({ capture: false })).id;
  const [taken, refunded, expired] = [await hold(), await hold(), await hold()];
  const over = stripe.charges.capture(taken, { amount: 2001 });
  expect(await failureOf(over)).toMatchObject({ statusCode: 400, param: 'amount' });
  expect(
    await stripe.charges.capture(taken, { amount: 1500, receipt_email: 'ada@example.com' }),
  ).toMatchObject({
    amount_captured: 1500,
    amount_refunded: 500,
    captured: true,
    receipt_email: 'ada@example.com',
  });
  expect(await failureOf(stripe.charges.capture(taken))).toMatchObject({ code: 'charge_already_captured' });
  const part = stripe.refunds.create({ charge: refunded, amount: 500 });
  expect(await failureOf(part)).toMatchObject({ statusCode: 400, param: 'amount' });
  expect((await stripe.refunds.create({ charge: refunded })).balance_transaction).toBeNull();
  clock.advanceMs(7 * DAY_MS);
  expect((await stripe.charges.retrieve(refunded)).captured).toBe(false);
  expect(await stripe.charges.retrieve(expired)).toMatchObject({ captured: false, refunded: true });
  expect(events().filter((type) => type === 'charge.expired')).toHaveLength(1);
  const late = stripe.charges.capture(expired);
  expect(await failureOf(late)).toMatchObject({ code: 'charge_expired_for_capture' });
});

test('the charge of an intent is captured with its intent only', async () => {
  const { stripe } = await openTill();
  const { latest_charge } = await stripe.paymentIntents.create({
    ...PRICE,
    allowed_payment_method_types: ['card'],
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  expect((await failureOf(stripe.charges.capture(latest_charge as string))).statusCode).toBe(400);
});

test('a direct charge can be disputed', async () => {
  const { stripe, charge } = await openTill();
  const { id } = await charge({ source: 'tok_createDispute' });
  expect((await stripe.disputes.list({ charge: id })).data).toMatchObject([
    { amount: 2000, payment_intent: null, status: 'needs_response' },
  ]);
});

// https://docs.stripe.com/api/tokens/create_card
test('a token is a card that can be used once', async () => {
  const { stripe, charge } = await openTill();
  const make = () =>
    stripe.tokens.create({
      card: { number: '5555555555554444', exp_month: '9', exp_year: '2030', cvc: '314', name: 'Ada' },
    });
  const token = await make();
  expect(token).toMatchObject({
    id: expect.stringMatching(/^tok_1/),
    object: 'token',
    card: { id: expect.stringMatching(/^card_1/), brand: 'MasterCard', cvc_check: 'unchecked', name: 'Ada' },
    livemode: false,
    type: 'card',
    used: false,
  });
  const paid = await charge({ source: token.id });
  expect(paid).toMatchObject({ payment_method: token.card!.id, billing_details: { name: 'Ada' } });
  expect((await stripe.tokens.retrieve(token.id)).used).toBe(true);
  expect(await failureOf(charge({ source: token.id }))).toMatchObject({ code: 'token_already_used' });
  const card = { token: (await make()).id };
  const paymentMethod = await stripe.paymentMethods.create({ type: 'card', card });
  expect(paymentMethod).toMatchObject({
    id: expect.stringMatching(/^pm_/),
    card: { last4: '4444', exp_year: 2030 },
  });
  const { id: source } = await make();
  expect((await stripe.customers.create({ source })).default_source).toMatch(/^card_1/);
  const bad = stripe.tokens.create({
    card: { number: '4242424242424241', exp_month: '1', exp_year: '2030' },
  });
  expect(await failureOf(bad)).toMatchObject({ code: 'incorrect_number' });
});
