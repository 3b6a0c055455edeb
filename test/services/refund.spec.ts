import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { DAY_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const NOT_POSSIBLE = { status: 409, body: { type: 'urn:paydesk:refund-not-possible' } };

const it = paydeskTest()
  /** A payment of 20.00 in two decimals. */
  .extend('paid', ({ paydesk }) => async (currency = 'usd', testCard = 'pm_card_visa') => {
    const intent = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency,
      payment_method: testCard,
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    return { intent: intent.id, charge: idOf(intent.latest_charge) ?? '' };
  })
  .extend(
    'refund',
    ({ shop }) =>
      (paymentID: string, amount?: string, headers: Record<string, string> = {}) => {
        return shop.post('/refund', { paymentID, ...(amount && { amount }) }, headers);
      },
  );

describe('POST /refund', () => {
  it('refunds everything if no amount is given', async ({ paydesk, paid, refund }) => {
    const { intent, charge } = await paid();
    const { status, body } = await refund(intent);
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        result: 'OK',
        resultDescription: 'The money is on its way back.',
        paymentID: intent,
        refundID: expect.stringMatching(/^re_\w+$/),
        amount: '20.00',
      },
    });
    expect(await paydesk.stripe.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 2000,
      refunded: true,
    });
  });

  it('refunds parts by any id of the payment, up to what was paid', async ({ paid, refund }) => {
    const { intent, charge } = await paid();
    expect(await refund(intent, '5.00')).toMatchObject({ status: 201, body: { amount: '5.00' } });
    expect(await refund(charge, '10')).toMatchObject({
      status: 201,
      body: { paymentID: charge, amount: '10.00' },
    });
    expect(await refund(charge, '5.01')).toMatchObject(NOT_POSSIBLE);
    expect(await refund(intent)).toMatchObject({ status: 201, body: { amount: '5.00' } });
    expect(await refund(intent)).toMatchObject(NOT_POSSIBLE);
    expect(await refund(intent, '0.01')).toMatchObject(NOT_POSSIBLE);
  });

  it('is not taken for that of an earlier request with the same key', async ({
    paydesk,
    clock,
    paid,
    refund,
  }) => {
    const { intent } = await paid();
    const key = { 'idempotency-key': 'refund-with-an-old-key' };
    expect((await refund(intent, '5.00', key)).status).toBe(201);
    clock.moveSeconds(31 * DAY_SECONDS);
    // As after 30 days.
    await query(paydesk, "delete from operations where kind = 'refund' and state = 'done'");
    const send = () => refund(intent, '4.00', key);
    paydesk.sandbox.faults.add({ method: 'POST', path: '/v1/refunds', kinds: ['error_before_effect'] });
    expectProblem(await send(), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:not-done');
  });

  it('returns the same response for a repetition, although nothing is left', async ({
    paydesk,
    paid,
    refund,
  }) => {
    const { intent, charge } = await paid();
    const headers = { 'idempotency-key': `refund-${intent}` };
    const first = await refund(intent, undefined, headers);
    const again = await refund(intent, undefined, headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { data } = await paydesk.stripe.refunds.list({ charge });
    expect(data).toHaveLength(1);
  });

  it('never refunds more than was paid, under concurrent requests', async ({ paydesk, paid, refund }) => {
    const { intent, charge } = await paid();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(intent, '3.00')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(6);
    expect(answers.filter(({ body }) => body.type === NOT_POSSIBLE.body.type)).toHaveLength(14);
    expect(await paydesk.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 1800 });
  });

  it("reads the amount in the payment's own currency", async ({ paid, refund }) => {
    const { intent } = await paid('jpy');
    for (const amount of ['5.00', '5.000']) {
      expect(await refund(intent, amount)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'amount' }] },
      });
    }
    expect(await refund(intent, '500')).toMatchObject({ status: 201, body: { amount: '500' } });
  });

  // https://docs.stripe.com/testing#refunds
  it('reports a refund in progress as PENDING', async ({ paid, refund }) => {
    const { intent } = await paid('usd', 'pm_card_pendingRefund');
    expect(await refund(intent)).toMatchObject({ status: 201, body: { result: 'PENDING', amount: '20.00' } });
  });

  // https://docs.stripe.com/testing#disputes
  it('does not refund a disputed payment', async ({ paid, refund }) => {
    const { intent } = await paid('usd', 'pm_card_createDispute');
    expect(await refund(intent)).toMatchObject(NOT_POSSIBLE);
  });

  it('does not refund an unpaid payment', async ({ paydesk, refund }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
    expect(await refund(id)).toMatchObject(NOT_POSSIBLE);
    expect(await refund(id, '1.00')).toMatchObject(NOT_POSSIBLE);
  });

  it.for(['cs_test_unknown', 'pi_unknown', 'ch_unknown', 'in_unknown', 'sub_unknown'])(
    'reports %s as not found',
    async (paymentID, { refund }) => {
      expect(await refund(paymentID)).toMatchObject({
        status: 404,
        body: { errors: [{ field: 'paymentID', message: 'no such object' }] },
      });
    },
  );
});
