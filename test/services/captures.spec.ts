import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest()
  .extend('authorize', ({ paydesk, shop }) => async (body: object = {}) => {
    const answer = await shop.post('/pay', { ...redirects, amount: '5.00', capture: 'manual', ...body });
    await payOnPage(answer.body.redirectToUrl);
    const paymentID = String(answer.body.paymentID);
    const { payment_intent: intent } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
    return { paymentID, intent: idOf(intent) ?? '' };
  })
  .extend('confirm', ({ shop }) => (body: object, headers?: Record<string, string>) => {
    return shop.post('/pay/confirm', body, headers);
  })
  .extend(
    'release',
    ({ shop }) =>
      (paymentID: string) =>
        shop.post('/pay/void', { paymentID }),
  )
  .extend('record', ({ shop }) => async (paymentID: string) => {
    return (await shop.get(`/pay/payments/${paymentID}`)).body;
  });

describe('POST /pay/confirm', () => {
  it('captures all that is authorized, and records it', async ({ paydesk, authorize, confirm, record }) => {
    const { paymentID, intent } = await authorize();
    expect(await confirm({ paymentID })).toMatchObject({
      status: 200,
      body: { result: 'OK', paymentID, amount: '5.00' },
    });
    expect(await paydesk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ amount_received: 500 });
    expect(await record(paymentID)).toMatchObject({ status: 'ACCEPTED', amount: '5.00' });
    const types = 'select type from notifications where payment_id = $1 order by sequence';
    expect(await query(paydesk, types, [paymentID])).toContainEqual({ type: 'payment.succeeded' });
  });

  it('captures a part, and releases the rest', async ({ paydesk, authorize, confirm }) => {
    const { paymentID, intent } = await authorize();
    expect((await confirm({ paymentID, amount: '3.50' })).body.amount).toBe('3.50');
    expect(await paydesk.stripe.paymentIntents.retrieve(intent)).toMatchObject({
      amount_received: 350,
      amount_capturable: 0,
    });
  });

  it('captures once for a key', async ({ paydesk, authorize, confirm }) => {
    const { paymentID, intent } = await authorize();
    const path = `/v1/payment_intents/${intent}/capture`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'capture-1' };
    expectProblem(await confirm({ paymentID }, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await confirm({ paymentID }, key)).status).toBe(200);
    expect((await confirm({ paymentID }, key)).headers.get('idempotent-replayed')).toBe('true');
    expectProblem(await confirm({ paymentID }), 'invalid-state');
  });

  it('takes no more than was authorized', async ({ authorize, confirm }) => {
    const { paymentID } = await authorize();
    const answer = await confirm({ paymentID, amount: '5.01' });
    expectProblem(answer, 'amount-out-of-range');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'amount' })]);
  });

  it.for([
    ['amount', { amount: 5 }],
    ['amount', { amount: '-1.00' }],
    ['paymentID', { paymentID: 'x' }],
  ] as const)('names %s of %o', async ([field, body], { confirm }) => {
    const answer = await confirm({ paymentID: 'cs_test_1', ...body });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('names an amount with too many decimals', async ({ authorize, confirm }) => {
    const { paymentID } = await authorize();
    expect((await confirm({ paymentID, amount: '1.001' })).body.errors).toEqual([
      expect.objectContaining({ field: 'amount' }),
    ]);
  });

  it('needs a payment that is authorized', async ({ shop, authorize, confirm, release }) => {
    const open = await shop.post('/pay', { ...redirects, amount: '5.00', capture: 'manual' });
    expectProblem(await confirm({ paymentID: open.body.paymentID }), 'invalid-state');
    const paid = await authorize({ capture: 'automatic' });
    expectProblem(await confirm(paid), 'invalid-request');
    expectProblem(await confirm({ paymentID: paid.paymentID }), 'invalid-state');
    const { paymentID } = await authorize();
    await release(paymentID);
    expectProblem(await confirm({ paymentID }), 'invalid-state');
  });
});

describe('POST /pay/void', () => {
  it('releases what was authorized, and records it', async ({ paydesk, authorize, release, record }) => {
    const { paymentID, intent } = await authorize();
    expect(await release(paymentID)).toMatchObject({ status: 200, body: { result: 'OK', paymentID } });
    expect(await paydesk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' });
    expect(await record(paymentID)).toMatchObject({ status: 'FAILED' });
  });

  it('needs a payment that is authorized', async ({ shop, authorize, confirm, release }) => {
    const open = await shop.post('/pay', { ...redirects, amount: '5.00', capture: 'manual' });
    expectProblem(await release(open.body.paymentID), 'invalid-state');
    const { paymentID } = await authorize();
    await confirm({ paymentID });
    expectProblem(await release(paymentID), 'invalid-state');
  });
});
