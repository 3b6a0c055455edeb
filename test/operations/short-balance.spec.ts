import { randomUUID } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { WORKER_POLL_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';

const REFUNDS = { method: 'POST', path: '/v1/refunds' } as const;

const it = paydeskTest({ workerByHand: true })
  .extend('faults', { scope: 'file' }, ({ paydesk }) => paydesk.sandbox.faults)
  /** Pays 20.00 and returns the id of the Charge. */
  .extend('pay', ({ paydesk }) => async () => {
    const intent = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    return idOf(intent.latest_charge) ?? '';
  })
  .extend('refund', ({ shop }) => (charge: string, key: string, amount?: string) => {
    const body = { paymentID: charge, ...(amount && { amount }) };
    return shop.post('/refund', body, { 'idempotency-key': key });
  })
  /** Does something while the account's balance is short. Stripe replays its refusals for the same key afterwards. */
  .extend('whileShort', ({ paydesk: { sandbox } }) => async (work: () => Promise<Answer>) => {
    sandbox.store.settings.isBalanceShort = true;
    const answer = await work();
    sandbox.store.settings.isBalanceShort = false;
    return answer;
  })
  /** Asks for a refund, which is refused. */
  .extend('refused', ({ pay, refund, whileShort }) => async (amount?: string) => {
    const charge = await pay();
    const key: string = randomUUID();
    const answer = await whileShort(() => refund(charge, key, amount));
    expectProblem(answer, 'insufficient-balance');
    return { charge, key, answer, operation: String(answer.body.operationId) };
  })
  .extend('refundsOf', ({ paydesk }) => async (charge: string) => {
    return (await paydesk.stripe.refunds.list({ charge })).data;
  })
  .extend('refundCalls', ({ paydesk }) => () => {
    return paydesk.stripeCalls.filter((call) => call === 'POST /v1/refunds').length;
  });

describe("a refund that Stripe refuses because the account's balance is short", () => {
  it('may be repeated, but not at once', async ({ shop, refused }) => {
    const { answer, operation } = await refused();
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    const { body } = await shop.get(`/operations/${operation}`);
    expect(body).toMatchObject({ state: 'failed', problem: 'urn:paydesk:insufficient-balance' });
  });

  it('is refunded once by a repetition under the same key, which Stripe gets another key for', async ({
    refund,
    refused,
    refundsOf,
  }) => {
    const { charge, key } = await refused();
    const repeated = await refund(charge, key);
    expect(repeated).toMatchObject({ status: 201, body: { amount: '20.00' } });
    expect(repeated.headers.has('idempotent-replayed')).toBe(false);
    const again = await refund(charge, key);
    expect(again).toMatchObject({ status: 201, body: repeated.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await refundsOf(charge)).toHaveLength(1);
  });

  it('may be refused more than once', async ({ refund, refused, whileShort, refundsOf }) => {
    const { charge, key } = await refused();
    expectProblem(await whileShort(() => refund(charge, key)), 'insufficient-balance');
    expect((await refund(charge, key)).status).toBe(201);
    expect(await refundsOf(charge)).toHaveLength(1);
  });

  it('is left alone by the worker', async ({ paydesk, refused, refundsOf, refundCalls }) => {
    const { charge } = await refused();
    const calls = refundCalls();
    expect(await paydesk.resumeNext()).toBe(false);
    expect(refundCalls()).toBe(calls);
    expect(await refundsOf(charge)).toHaveLength(0);
  });

  it('releases its reservation, and reserves again when it is repeated', async ({ refund, refused }) => {
    const { charge, key } = await refused();
    expect(await refund(charge, randomUUID(), '15.00')).toMatchObject({ status: 201 });
    expect(await refund(charge, key)).toMatchObject({ status: 201, body: { amount: '5.00' } });
    expectProblem(await refund(charge, randomUUID(), '0.01'), 'refund-not-possible');
  });

  it('refuses another body under its key', async ({ refund, refused }) => {
    const { charge, key } = await refused('5.00');
    expectProblem(await refund(charge, key, '6.00'), 'idempotency-key-reused');
  });

  it('is refunded once though many repeat it at once', async ({ refund, refused, refundsOf }) => {
    const { charge, key } = await refused();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(charge, key)));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await refund(charge, key)).status).toBe(201);
    expect(await refundsOf(charge)).toHaveLength(1);
  });

  it('is refunded once though the answer to the repetition is lost', async ({
    faults,
    refund,
    refused,
    refundsOf,
  }) => {
    const { charge, key } = await refused();
    faults.add({ ...REFUNDS, kinds: ['reset_after_effect'], times: 2 });
    expectProblem(await refund(charge, key), 'outcome-unknown');
    expect((await refund(charge, key)).status).toBe(201);
    expect(await refundsOf(charge)).toHaveLength(1);
  });

  it('is refused again, and under the same key at Stripe, if we die before we have stored the refusal', async ({
    paydesk,
    shop,
    refused,
    refundsOf,
    refundCalls,
  }) => {
    const { charge, operation } = await refused();
    const unstored =
      "update operations set state = 'running', outcome = null, finished_at = null, lease_expires_at = to_timestamp(0) " +
      'where id = $1';
    await query(paydesk, unstored, [operation]);
    const calls = refundCalls();
    const report = () => shop.get(`/operations/${operation}`);
    await expect
      .poll(async () => (await paydesk.resumeNext(), (await report()).body))
      .toMatchObject({ state: 'failed', problem: 'urn:paydesk:insufficient-balance' });
    expect(refundCalls()).toBe(calls + 1);
    expect(await refundsOf(charge)).toHaveLength(0);
  });

  it('gets another key for Stripe also after a repetition that could not be planned', async ({
    faults,
    shop,
    refund,
    refused,
    refundsOf,
  }) => {
    const { charge, key, operation } = await refused();
    expect(await refund(charge, randomUUID(), '15.00')).toMatchObject({ status: 201 });
    faults.add({ ...REFUNDS, method: 'GET', kinds: ['error_before_effect'], times: 2 });
    expect((await refund(charge, key)).status).toBe(503);
    const { body } = await shop.get(`/operations/${operation}`);
    expect(body).toMatchObject({ state: 'failed', problem: 'urn:paydesk:insufficient-balance' });
    expect(await refund(charge, key)).toMatchObject({ status: 201, body: { amount: '5.00' } });
    expect(await refundsOf(charge)).toHaveLength(2);
  });

  it('gets another key for Stripe, and has no reservation, after we have died while planning', async ({
    paydesk,
    shop,
    refund,
    refused,
  }) => {
    const { charge, key, operation } = await refused();
    const dead =
      "update operations set state = 'running', generation = 2, plan = null, first_sent_at = null, finished_at = null, " +
      'lease_expires_at = to_timestamp(0) where id = $1';
    await query(paydesk, dead, [operation]);
    const reserve =
      'insert into refund_reservations (operation_id, charge_id, amount_minor) values ($1, $2, 2000)';
    await query(paydesk, reserve, [operation, charge]);
    await vi.advanceTimersByTimeAsync(WORKER_POLL_MS);
    const report = () => shop.get(`/operations/${operation}`);
    await expect
      .poll(async () => (await report()).body)
      .toMatchObject({ state: 'failed', problem: 'urn:paydesk:insufficient-balance' });
    expect(await refund(charge, randomUUID(), '15.00')).toMatchObject({ status: 201 });
    expect(await refund(charge, key)).toMatchObject({ status: 201, body: { amount: '5.00' } });
  });
});
