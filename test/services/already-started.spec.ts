import { describe, expect } from 'vitest';
import type { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';

const DECLINED = '4000000000000002';
const HOUR_SECONDS = 60 * 60;

let orders = 0;

const it = paydeskTest({ workerByHand: true })
  .extend('order', () => `order-${++orders}`)
  .extend('pay', ({ shop, order }) => (body: object = {}, caller: Caller = shop, headers = {}) => {
    return caller.post('/pay', { ...redirects, amount: '5.00', shopTransactionID: order, ...body }, headers);
  })
  .extend(
    'claims',
    ({ paydesk }) =>
      () =>
        query(paydesk, 'select * from checkout_claims'),
  );

describe('a second payment with one shopTransactionID', () => {
  it('is refused while the first one is open', async ({ pay, claims }) => {
    const first = await pay();
    const second = await pay({ amount: '6.00' });
    expectProblem(second, 'already-started');
    expect(second.body.paymentId).toBe(first.body.paymentID);
    expect(await claims()).toEqual([]);
  });

  it('is refused once the first one is paid', async ({ pay }) => {
    const first = await pay();
    await payOnPage(first.body.redirectToUrl);
    const second = await pay();
    expectProblem(second, 'already-started');
    expect(second.body.paymentId).toBe(first.body.paymentID);
  });

  it('is refused for a subscription too', async ({ shop, order, pay }) => {
    const body = { ...redirects, amount: '5.00', interval: 'month', shopTransactionID: order };
    const first = await shop.post('/pay/recurrent', body);
    expect(first.status).toBe(201);
    expect((await shop.post('/pay/recurrent', body)).body.paymentId).toBe(first.body.paymentID);
    expectProblem(await pay(), 'already-started');
  });

  it('is refused after a decline, as the page is still open', async ({ pay }) => {
    const first = await pay();
    await payOnPage(first.body.redirectToUrl, DECLINED);
    expectProblem(await pay(), 'already-started');
  });

  it('is started if the caller wants a duplicate', async ({ pay }) => {
    const first = await pay();
    const second = await pay({ allowDuplicate: true });
    expect(second.status).toBe(201);
    expect(second.body.paymentID).not.toBe(first.body.paymentID);
    expectProblem(await pay({ allowDuplicate: false }), 'already-started');
  });

  it('is started once the first one was expired', async ({ shop, pay }) => {
    const first = await pay();
    await shop.post('/pay/expire', { paymentID: first.body.paymentID });
    expect((await pay()).status).toBe(201);
  });

  it('is started once the page of the first one has expired, also before its event', async ({
    pay,
    clock,
  }) => {
    await pay();
    clock.moveSeconds(25 * HOUR_SECONDS);
    expect((await pay()).status).toBe(201);
  });

  it('is started by another service', async ({ paydesk, pay }) => {
    await pay();
    const clinic = await paydesk.service('clinic');
    expect((await pay({}, clinic)).status).toBe(201);
  });

  it('is the same payment under the same key', async ({ pay, shop }) => {
    const key = { 'idempotency-key': 'once' };
    const first = await pay({}, shop, key);
    const again = await pay({}, shop, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
  });

  it('does not block the next one if Stripe refuses it', async ({ pay, claims }) => {
    expectProblem(await pay({ paymentMethods: ['oxxo'] }), 'payment-method-unusable');
    expect(await claims()).toEqual([]);
    expect((await pay()).status).toBe(201);
  });

  it('is one of many at the same moment', async ({ paydesk, pay, order }) => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => pay()));
    const started = answers.filter(({ status }) => status === 201);
    expect(started).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(['urn:paydesk:in-progress', 'urn:paydesk:already-started']).toContain(answer.body.type);
    }
    const { data } = await paydesk.stripe.checkout.sessions.list({ limit: 100 });
    expect(data.filter(({ client_reference_id: id }) => id === order)).toHaveLength(1);
  });

  it('waits while it is not known whether the first one was started', async ({ paydesk, pay, shop }) => {
    const path = '/v1/checkout/sessions';
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const key = { 'idempotency-key': 'unheard' };
    expectProblem(await pay({}, shop, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expectProblem(await pay(), 'in-progress');
    const first = await pay({}, shop, key);
    expect(first.status).toBe(201);
    expect((await pay()).body.paymentId).toBe(first.body.paymentID);
  });

  it('is started if the process of the first one died before it was planned', async ({
    paydesk,
    pay,
    shop,
    order,
    claims,
  }) => {
    const { headers } = await pay({}, shop, { 'idempotency-key': 'dead' });
    expect(headers.get('idempotency-key')).toBe('dead');
    // What a kill leaves between the claim and the plan.
    await query(paydesk, 'delete from payments where shop_transaction_id = $1', [order]);
    const [row] = await query<{ id: string }>(
      paydesk,
      `update operations set state = 'running', plan = null, outcome = null, finished_at = null,
        lease_expires_at = created_at where id = (select id from operations order by created_at desc limit 1)
        returning id`,
    );
    await query(paydesk, 'insert into checkout_claims values ($1, $2, $3)', ['service:shop', order, row?.id]);
    expectProblem(await pay(), 'in-progress');
    // As the worker does.
    await query(paydesk, 'delete from operations where id = $1', [row?.id]);
    expect(await claims()).toEqual([]);
    expect((await pay()).status).toBe(201);
  });
});
