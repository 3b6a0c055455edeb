import { expect, test } from 'vitest';
import { openShop, type Shop } from './payments.js';
import { failureOf } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
// The bench stands at the start of 2026-11-01, a Sunday.
const NOW = Date.UTC(2026, 10, 1) / 1000;
const TWO_BUSINESS_DAYS_LATER = Date.UTC(2026, 10, 3) / 1000;

const amountsOf = async ({ stripe }: Shop) => {
  const { available, pending } = await stripe.balance.retrieve();
  return { available: available[0]!.amount, pending: pending[0]!.amount };
};

// https://docs.stripe.com/api/balance_transactions/object; the fee: https://stripe.com/pricing
test('a charge has a balance transaction with the fee and the net', async () => {
  const { stripe, pay } = await openShop();
  const { latest_charge } = await pay(1099, { description: 'A mug' });
  const charge = await stripe.charges.retrieve(latest_charge as string, { expand: ['balance_transaction'] });
  expect(charge.balance_transaction).toEqual({
    id: expect.stringMatching(/^txn_3[A-Za-z0-9]{23}$/),
    object: 'balance_transaction',
    amount: 1099,
    available_on: TWO_BUSINESS_DAYS_LATER,
    balance_type: 'payments',
    created: NOW,
    currency: 'usd',
    description: 'A mug',
    exchange_rate: null,
    fee: 62,
    fee_details: [
      {
        amount: 62,
        application: null,
        currency: 'usd',
        description: 'Stripe processing fees',
        type: 'stripe_fee',
      },
    ],
    net: 1037,
    reporting_category: 'charge',
    source: charge.id,
    status: 'pending',
    type: 'charge',
  });
});

// https://stripe.com/pricing: 1.5% more for international cards
test.for([
  ['pm_card_visa', 10_000, 320],
  ['pm_card_visa', 50, 31],
  ['pm_card_br', 10_000, 470],
] as const)('the fee of %s for %d is %d', async ([card, amount, fee]) => {
  const { stripe, pay } = await openShop(card);
  const { latest_charge } = await pay(amount);
  const { data } = await stripe.balanceTransactions.list({ source: latest_charge as string });
  expect(data).toMatchObject([{ fee, net: amount - fee }]);
});

// https://docs.stripe.com/payments/payment-intents/asynchronous-capture
test('an asynchronous capture gets its balance transaction later, with charge.updated', async () => {
  const { stripe, pay, events } = await openShop();
  const expand = ['latest_charge.balance_transaction'];
  const intent = await pay(1000, { expand });
  expect(intent.latest_charge).toMatchObject({ balance_transaction: null });
  const later = await stripe.paymentIntents.retrieve(intent.id, { expand });
  expect(later.latest_charge).toMatchObject({ balance_transaction: { amount: 1000, fee: 59, net: 941 } });
  expect(events().slice(-2)).toEqual(['payment_intent.succeeded', 'charge.updated']);
  const [updated] = (await stripe.events.list({ type: 'charge.updated' })).data;
  expect(updated!.data.previous_attributes).toEqual({ balance_transaction: null });
});

test('other captures have their balance transaction at once', async () => {
  const { stripe, pay } = await openShop();
  const expand = ['latest_charge.balance_transaction'];
  const automatic = await pay(1000, { capture_method: 'automatic', expand });
  expect(automatic.latest_charge).toMatchObject({ balance_transaction: { amount: 1000 } });
  const held = await pay(1000, { capture_method: 'manual', expand });
  expect(held.latest_charge).toMatchObject({ balance_transaction: null });
  const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 700, expand });
  expect(captured.latest_charge).toMatchObject({ balance_transaction: { amount: 700, fee: 50, net: 650 } });
});

test('a failed charge has no balance transaction', async () => {
  const { stripe, pay } = await openShop('pm_card_chargeCustomerFail');
  await failureOf(pay(1000));
  expect((await stripe.charges.list()).data).toMatchObject([{ status: 'failed', balance_transaction: null }]);
  expect((await stripe.balanceTransactions.list()).data).toEqual([]);
});

// The fee is not returned: https://docs.stripe.com/refunds
test('a refund has a balance transaction without a fee', async () => {
  const { stripe, pay } = await openShop();
  const { id } = await pay(1000, { description: 'A mug' });
  const expand = ['balance_transaction.source'];
  const refund = await stripe.refunds.create({ payment_intent: id, amount: 400, expand });
  expect(refund.balance_transaction).toMatchObject({
    id: expect.stringMatching(/^txn_3/),
    amount: -400,
    available_on: TWO_BUSINESS_DAYS_LATER,
    description: 'REFUND FOR CHARGE (A mug)',
    fee: 0,
    fee_details: [],
    net: -400,
    reporting_category: 'refund',
    source: { id: refund.id, object: 'refund' },
    type: 'refund',
  });
});

// https://docs.stripe.com/api/refunds/object#refund_object-failure_balance_transaction
test('a refund that fails returns its amount to the balance, which one that waits has taken', async () => {
  const failing = await openShop('pm_card_refundFail');
  const { id } = await failing.pay(1000);
  const failed = await failing.stripe.refunds.create({ payment_intent: id });
  failing.clock.advanceMs(60_000);
  const expand = ['failure_balance_transaction'];
  expect(
    (await failing.stripe.refunds.retrieve(failed.id, { expand })).failure_balance_transaction,
  ).toMatchObject({
    amount: 1000,
    fee: 0,
    net: 1000,
    reporting_category: 'refund_failure',
    type: 'refund_failure',
  });
  expect(await amountsOf(failing)).toEqual({ available: 0, pending: 941 });

  const waiting = await openShop('pm_card_pendingRefund');
  const { id: payment_intent } = await waiting.pay(1000);
  await waiting.stripe.refunds.create({ payment_intent });
  expect(await amountsOf(waiting)).toEqual({ available: 0, pending: -59 });
});

// https://docs.stripe.com/disputes/how-disputes-work; fee: https://stripe.com/pricing
test('a dispute takes the amount and a fee, and a won one returns the amount', async () => {
  const { stripe, clock, pay } = await openShop('pm_card_createDispute');
  const { latest_charge } = await pay(4000);
  const [dispute] = (await stripe.disputes.list()).data;
  const withdrawal = {
    amount: -4000,
    description: `Chargeback withdrawal for ${latest_charge as string}`,
    fee: 1500,
    fee_details: [
      { amount: 1500, application: null, currency: 'usd', description: 'Dispute fee', type: 'stripe_fee' },
    ],
    net: -5500,
    reporting_category: 'dispute',
    source: dispute!.id,
    type: 'adjustment',
  };
  expect(dispute!.balance_transactions).toMatchObject([withdrawal]);
  await stripe.disputes.update(dispute!.id, { evidence: { uncategorized_text: 'winning_evidence' } });
  clock.advanceMs(60_000);
  expect((await stripe.disputes.retrieve(dispute!.id)).balance_transactions).toMatchObject([
    withdrawal,
    {
      amount: 4000,
      description: `Chargeback reversal for ${latest_charge as string}`,
      fee: 0,
      net: 4000,
      reporting_category: 'dispute_reversal',
      type: 'adjustment',
    },
  ]);
});

test('an inquiry takes nothing', async () => {
  const { stripe, pay } = await openShop('pm_card_createDisputeInquiry');
  await pay(4000);
  expect((await stripe.disputes.list()).data).toMatchObject([{ balance_transactions: [] }]);
});

// https://docs.stripe.com/payouts#payout-speed: two business days in the US
test('funds are pending until they are available', async () => {
  const shop = await openShop();
  expect(await shop.stripe.balance.retrieve()).toMatchObject({
    object: 'balance',
    available: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
    livemode: false,
    pending: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
  });
  await shop.pay(1000);
  expect(await amountsOf(shop)).toEqual({ available: 0, pending: 941 });
  shop.clock.advanceMs(2 * DAY_MS - 1000);
  expect(await amountsOf(shop)).toEqual({ available: 0, pending: 941 });
  shop.clock.advanceMs(1000);
  expect(await amountsOf(shop)).toEqual({ available: 941, pending: 0 });
  expect((await shop.stripe.balanceTransactions.list()).data).toMatchObject([{ status: 'available' }]);
});

// https://docs.stripe.com/testing#available-balance
test('pm_card_bypassPending makes funds available at once', async () => {
  const shop = await openShop('pm_card_bypassPending');
  await shop.pay(1000);
  expect(await amountsOf(shop)).toEqual({ available: 941, pending: 0 });
});

// https://docs.stripe.com/api/balance_transactions/list
test('balance transactions are filtered by type, currency, source and time', async () => {
  const { stripe, clock, pay } = await openShop();
  const { id: payment_intent, latest_charge } = await pay(1000);
  clock.advanceMs(60_000);
  const { id: refund } = await stripe.refunds.create({ payment_intent });
  const amounts = async (params: object) =>
    (await stripe.balanceTransactions.list(params)).data.map(({ amount }) => amount);
  expect(await amounts({})).toEqual([-1000, 1000]);
  expect(await amounts({ type: 'refund' })).toEqual([-1000]);
  expect(await amounts({ currency: 'eur' })).toEqual([]);
  expect(await amounts({ source: latest_charge as string })).toEqual([1000]);
  expect(await amounts({ source: refund })).toEqual([-1000]);
  expect(await amounts({ created: { gt: NOW + 30 } })).toEqual([-1000]);
  const [newest] = (await stripe.balanceTransactions.list({ limit: 1 })).data;
  expect(await stripe.balanceTransactions.retrieve(newest!.id)).toMatchObject(newest!);
  expect(await failureOf(stripe.balanceTransactions.retrieve('txn_none'))).toMatchObject({
    statusCode: 404,
    message: "No such balance transaction: 'txn_none'",
  });
});

// https://docs.stripe.com/api/events/types#event_types-balance.available: not for negative transactions
test('reports funds that become available', async () => {
  const { stripe, pay, clock } = await openShop();
  const reported = async () =>
    (await stripe.events.list({ type: 'balance.available' })).data.map(({ data }) => data.object);
  const { id } = await pay(1000);
  await pay(1000);
  clock.advanceMs(DAY_MS);
  expect(await reported()).toEqual([]);
  clock.advanceMs(DAY_MS);
  expect(await reported()).toMatchObject([
    { object: 'balance', available: [{ amount: 1882, currency: 'usd' }] },
  ]);
  await stripe.refunds.create({ payment_intent: id });
  clock.advanceMs(9 * DAY_MS);
  expect(await reported()).toHaveLength(1);
});

// https://docs.stripe.com/testing#available-balance
test('reports funds that bypass the pending balance at once', async () => {
  const { stripe, pay } = await openShop('pm_card_bypassPending');
  await pay(1000);
  expect((await stripe.events.list({ type: 'balance.available' })).data).toHaveLength(1);
});
