import { describe, expect, test } from 'vitest';
import { openShop } from './payments.js';
import { failureOf } from './support.js';

// https://docs.stripe.com/api/refunds/object
test('a refund without an amount refunds all of a payment', async () => {
  const { stripe, pay, customer, card, events } = await openShop();
  const { id, latest_charge } = await pay(5000);
  const refund = await stripe.refunds.create({
    payment_intent: id,
    reason: 'requested_by_customer',
    metadata: { ticket: '7' },
  });
  expect(refund).toMatchObject({
    id: expect.stringMatching(/^re_3[A-Za-z0-9]{23}$/),
    object: 'refund',
    amount: 5000,
    charge: latest_charge,
    currency: 'usd',
    customer: customer.id,
    metadata: { ticket: '7' },
    payment_intent: id,
    payment_method: card.id,
    reason: 'requested_by_customer',
    receipt_number: null,
    status: 'succeeded',
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
  });
  expect(await stripe.charges.retrieve(latest_charge as string)).toMatchObject({
    amount_refunded: 5000,
    refunded: true,
    status: 'succeeded',
  });
  expect(events().slice(-2)).toEqual(['refund.created', 'charge.refunded']);
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
});

test('partial refunds are accepted until nothing is left', async () => {
  const { stripe, pay } = await openShop();
  const { latest_charge } = await pay(8000);
  const charge = latest_charge as string;
  const first = await stripe.refunds.create({ charge, amount: 5000 });
  const tooMuch = await failureOf(stripe.refunds.create({ charge, amount: 4000 }));
  expect(tooMuch.raw).toMatchObject({
    statusCode: 400,
    type: 'invalid_request_error',
    param: 'amount',
    message: 'Refund amount ($40.00) is greater than unrefunded amount on charge ($30.00)',
  });
  expect(tooMuch.code).toBeUndefined();
  const rest = await stripe.refunds.create({ charge });
  expect(rest.amount).toBe(3000);
  expect((await stripe.refunds.list({ charge })).data.map(({ id }) => id)).toEqual([rest.id, first.id]);
  const expanded = await stripe.charges.retrieve(charge, { expand: ['refunds'] });
  expect(expanded.refunds).toMatchObject({ url: `/v1/charges/${charge}/refunds`, has_more: false });
  expect(expanded.refunds!.data.map(({ amount }) => amount)).toEqual([3000, 5000]);
  expect(await failureOf(stripe.refunds.create({ charge, amount: 1 }))).toMatchObject({
    statusCode: 400,
    code: 'charge_already_refunded',
    message: `Charge ${charge} has already been refunded.`,
  });
});

describe('refused', () => {
  test('more than was paid', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(5445);
    expect(await failureOf(stripe.refunds.create({ payment_intent: id, amount: 9390 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($93.90) is greater than charge amount ($54.45)',
    });
  });

  test('nothing', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(5000);
    expect(await failureOf(stripe.refunds.create({ payment_intent: id, amount: 0 }))).toMatchObject({
      code: 'parameter_invalid_integer',
      message: 'This value must be greater than or equal to 1.',
    });
  });

  test('without a payment', async () => {
    const { stripe } = await openShop();
    expect((await failureOf(stripe.refunds.create({ amount: 100 }))).message).toBe(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  });

  // Unlike other parameters, these are missed with 404.
  test('of an unknown charge', async () => {
    const { stripe } = await openShop();
    expect(await failureOf(stripe.refunds.create({ charge: 'ch_nothing' }))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such charge: 'ch_nothing'",
    });
  });

  test('of an unpaid intent', async () => {
    const { stripe } = await openShop();
    const { id } = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    expect(await failureOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      statusCode: 400,
      message: `This PaymentIntent (${id}) does not have a successful charge to refund.`,
    });
  });

  test('of a failed charge', async () => {
    const { stripe, pay } = await openShop('pm_card_chargeCustomerFail');
    const { charge, payment_intent } = await failureOf(pay(1000));
    expect((await failureOf(stripe.refunds.create({ charge: charge as string }))).message).toBe(
      `This PaymentIntent (${payment_intent!.id}) does not have a successful charge to refund.`,
    );
  });

  test('of money that is only held', async () => {
    const { stripe, pay } = await openShop();
    const { id } = await pay(1000, { capture_method: 'manual' });
    expect((await failureOf(stripe.refunds.create({ payment_intent: id }))).message).toMatch(
      /^This uncaptured Charge was created by a PaymentIntent .* You must cancel the PaymentIntent/,
    );
  });

  // https://docs.stripe.com/error-codes#charge-disputed
  test('of a disputed charge', async () => {
    const { stripe, pay } = await openShop('pm_card_createDispute');
    const { id, latest_charge } = await pay(1000);
    expect(await failureOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
      message: `Charge ${latest_charge as string} has been charged back; cannot issue a refund.`,
    });
  });
});

// https://docs.stripe.com/testing#refunds
describe('later', () => {
  test('a pending refund succeeds', async () => {
    const { stripe, clock, pay, events } = await openShop('pm_card_pendingRefund');
    const { id, latest_charge } = await pay(1000);
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    expect(await stripe.charges.retrieve(latest_charge as string)).toMatchObject({ amount_refunded: 0 });
    clock.advanceMs(60_000);
    const settled = await stripe.refunds.retrieve(refund.id);
    expect(settled.status).toBe('succeeded');
    expect(settled).not.toHaveProperty('pending_reason');
    expect(await stripe.charges.retrieve(latest_charge as string)).toMatchObject({
      amount_refunded: 1000,
      refunded: true,
    });
    expect(events().slice(-3)).toEqual(['charge.refunded', 'refund.updated', 'charge.refund.updated']);
  });

  test('a pending refund counts against the refundable amount', async () => {
    const { stripe, pay } = await openShop('pm_card_pendingRefund');
    const { id } = await pay(1000);
    await stripe.refunds.create({ payment_intent: id });
    expect((await failureOf(stripe.refunds.create({ payment_intent: id }))).code).toBe(
      'charge_already_refunded',
    );
  });

  // Only one that waits for its customer: https://docs.stripe.com/api/refunds/cancel
  test('a pending refund can not be canceled', async () => {
    const { stripe, pay } = await openShop('pm_card_pendingRefund');
    const { id } = await pay(1000);
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 400 });
    expect((await failureOf(stripe.refunds.cancel(refund.id))).message).toBe(
      'Canceling this refund is unsupported.',
    );
  });

  test('a refund that fails later restores the refundable amount', async () => {
    const { stripe, clock, pay, events } = await openShop('pm_card_refundFail');
    const { id, latest_charge } = await pay(1000);
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('succeeded');
    clock.advanceMs(60_000);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect(await stripe.charges.retrieve(latest_charge as string)).toMatchObject({
      amount_refunded: 0,
      refunded: false,
    });
    expect(events()).toContain('refund.failed');
  });
});

test('only metadata can be updated, and lists filter by payment', async () => {
  const { stripe, pay } = await openShop();
  const [one, other] = [await pay(1000), await pay(2000)];
  const refund = await stripe.refunds.create({ payment_intent: one.id, metadata: { a: '1' } });
  await stripe.refunds.create({ payment_intent: other.id });
  expect((await stripe.refunds.update(refund.id, { metadata: { b: '2' } })).metadata).toEqual({
    a: '1',
    b: '2',
  });
  const listed = await stripe.refunds.list({ payment_intent: one.id });
  expect(listed.data.map(({ id }) => id)).toEqual([refund.id]);
  expect(await failureOf(stripe.refunds.retrieve('re_nothing'))).toMatchObject({
    statusCode: 404,
    param: 'refund',
    message: "No such refund: 're_nothing'",
  });
});
