import { randomUUID } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { advanceRefund } from '#sandbox/nouns/refunds/refund.js';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { STRIPE_SETTLES_SECONDS, WORKER_POLL_MS } from '../support/durations.js';

const NOT_POSSIBLE = { status: 409, body: { type: 'urn:paydesk:refund-not-possible' } };

// The worker could end an operation before its request is repeated.
const it = paydeskTest({ workerByHand: true })
  /** A payment of 20.00: the id of its Charge. */
  .extend('paid', ({ paydesk }) => async (testCard = 'pm_card_visa') => {
    const intent = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: testCard,
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    return idOf(intent.latest_charge) ?? '';
  })
  .extend('refund', ({ shop }) => (charge: string, amount?: string, key: string = randomUUID()) => {
    const body = { paymentID: charge, ...(amount && { amount }) };
    return shop.post('/refund', body, { 'idempotency-key': key });
  })
  /** The calls to Stripe that try to refund, while `work` runs. */
  .extend('refundCallsDuring', ({ paydesk }) => async (work: () => Promise<unknown>) => {
    const before = paydesk.stripeCalls.length;
    await work();
    return paydesk.stripeCalls.slice(before).filter((call) => call === 'POST /v1/refunds').length;
  })
  .extend('refundedMinor', ({ paydesk }) => async (charge: string) => {
    return (await paydesk.stripe.charges.retrieve(charge)).amount_refunded;
  })
  /** From now on no refund request reaches Stripe. */
  .extend('loseRefunds', ({ paydesk }) => () => {
    paydesk.sandbox.faults.add({
      path: '/v1/refunds',
      method: 'POST',
      kinds: ['reset_before_effect'],
      share: 1,
    });
  })
  /** A full refund whose process dies once it has reserved, and still has its lease: the id of its operation. */
  .extend('diesUnplanned', ({ loseRefunds, refund, paydesk }) => async (charge: string, key: string) => {
    loseRefunds();
    const { body } = await refund(charge, undefined, key);
    paydesk.sandbox.faults.clear();
    const unplan = `update operations set plan = null, first_sent_at = null,
      lease_id = gen_random_uuid(), lease_expires_at = now() + interval '1 day' where id = $1`;
    await query(paydesk, unplan, [body.operationId]);
    return body.operationId;
  })
  .extend('endLease', ({ paydesk }) => async (operationId: string) => {
    await query(paydesk, "update operations set lease_expires_at = '-infinity' where id = $1", [operationId]);
  })
  .extend('reservedMinor', ({ paydesk }) => async (charge: string) => {
    const [row] = await query<{ reservations: number; reserved: number }>(
      paydesk,
      `select reserved_minor::int as reserved,
         (select count(*)::int from refund_reservations r where r.charge_id = c.charge_id) as reservations
       from refundable_charges c where charge_id = $1`,
      [charge],
    );
    return row ?? { reservations: 0, reserved: 0 };
  });

describe('reservations of refunds', () => {
  it('allow one of two full refunds, and send only that one to Stripe', async ({
    paid,
    refund,
    refundCallsDuring,
    refundedMinor,
  }) => {
    const charge = await paid();
    let answers: Answer[] = [];
    const calls = await refundCallsDuring(async () => {
      answers = await Promise.all([refund(charge), refund(charge)]);
    });
    answers.sort((a, b) => a.status - b.status);
    expect(answers).toMatchObject([{ status: 201, body: { amount: '20.00' } }, NOT_POSSIBLE]);
    expect(calls).toBe(1);
    expect(await refundedMinor(charge)).toBe(2000);
  });

  it('limit concurrent refunds to exactly what was paid', async ({
    paid,
    refund,
    refundCallsDuring,
    refundedMinor,
  }) => {
    const charge = await paid();
    let answers: Answer[] = [];
    const calls = await refundCallsDuring(async () => {
      answers = await Promise.all(Array.from({ length: 50 }, () => refund(charge, '1.00')));
    });
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ body }) => body.type === NOT_POSSIBLE.body.type)).toHaveLength(30);
    expect(calls).toBe(20);
    expect(await refundedMinor(charge)).toBe(2000);
  });

  it('are kept while the outcome is unknown', async ({ paydesk, paid, refund, loseRefunds }) => {
    const charge = await paid();
    loseRefunds();
    expect((await refund(charge, '15.00')).status).toBe(503);
    paydesk.sandbox.faults.clear();
    expect(await refund(charge, '5.01')).toMatchObject(NOT_POSSIBLE);
    expect(await refund(charge)).toMatchObject({ status: 201, body: { amount: '5.00' } });
  });

  it('are kept while Stripe may still process a request that it answered with a 500, and no longer', async ({
    paydesk,
    clock,
    paid,
    refund,
  }) => {
    const charge = await paid();
    const key = randomUUID();
    paydesk.sandbox.faults.add({ path: '/v1/refunds', method: 'POST', kinds: ['error_before_effect'] });
    expect((await refund(charge, '15.00', key)).status).toBe(503);
    expect(await refund(charge, '5.01')).toMatchObject(NOT_POSSIBLE);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await refund(charge, '15.00', key)).body.type).toBe('urn:paydesk:not-done');
    expect(await refund(charge)).toMatchObject({ status: 201, body: { amount: '20.00' } });
  });

  it('leave out what was refunded elsewhere, except failed refunds', async ({
    paydesk,
    paid,
    refund,
    refundCallsDuring,
  }) => {
    const charge = await paid('pm_card_refundFail');
    const [kept, failing] = await Promise.all([
      paydesk.stripe.refunds.create({ charge, amount: 400 }),
      paydesk.stripe.refunds.create({ charge, amount: 600, metadata: { operation_id: randomUUID() } }),
    ]);
    expect(kept.status).toBe('succeeded');
    expect(await refund(charge, '10.01')).toMatchObject(NOT_POSSIBLE);
    paydesk.sandbox.run((ctx) => advanceRefund(ctx, failing.id));
    const calls = await refundCallsDuring(async () => {
      expect(await refund(charge, '16.01')).toMatchObject(NOT_POSSIBLE);
    });
    expect(calls).toBe(0);
    expect(await refund(charge)).toMatchObject({ status: 201, body: { amount: '16.00' } });
  });

  it('are released for a refund that Stripe refused', async ({ paid, refund, reservedMinor }) => {
    const charge = await paid('pm_card_createDispute');
    expect(await refund(charge)).toMatchObject(NOT_POSSIBLE);
    expect(await reservedMinor(charge)).toEqual({ reservations: 0, reserved: 0 });
  });

  it('are released for a refund that failed later', async ({ paydesk, paid, refund, reservedMinor }) => {
    const charge = await paid('pm_card_refundFail');
    const { body } = await refund(charge);
    expect(await refund(charge)).toMatchObject(NOT_POSSIBLE);
    paydesk.sandbox.run((ctx) => advanceRefund(ctx, body.refundID));
    expect(await refund(charge, '8.00')).toMatchObject({ status: 201, body: { amount: '8.00' } });
    expect(await reservedMinor(charge)).toEqual({ reservations: 1, reserved: 800 });
  });

  it('are found again after the process died between reserving and planning', async ({
    paid,
    refund,
    refundedMinor,
    diesUnplanned,
    endLease,
  }) => {
    const charge = await paid();
    const key = randomUUID();
    const operationId = await diesUnplanned(charge, key);
    expect(await refund(charge)).toMatchObject(NOT_POSSIBLE);
    await endLease(operationId);
    expect(await refund(charge, undefined, key)).toMatchObject({ status: 201, body: { amount: '20.00' } });
    expect(await refundedMinor(charge)).toBe(2000);
  });

  it('are released soon after such a death if nobody repeats the request', async ({
    paid,
    refund,
    diesUnplanned,
    endLease,
    reservedMinor,
  }) => {
    const charge = await paid();
    const operationId = await diesUnplanned(charge, randomUUID());
    expect(await refund(charge)).toMatchObject(NOT_POSSIBLE);
    await endLease(operationId);
    vi.advanceTimersByTime(WORKER_POLL_MS);
    await expect.poll(async () => (await reservedMinor(charge)).reservations).toBe(0);
    expect(await refund(charge)).toMatchObject({ status: 201, body: { amount: '20.00' } });
  });

  it('are limited by the database itself to what was captured', async ({ paydesk, paid, refund }) => {
    const charge = await paid();
    await refund(charge, '20.00');
    const over = 'update refundable_charges set reserved_minor = reserved_minor + 1 where charge_id = $1';
    await expect(query(paydesk, over, [charge])).rejects.toThrow('refundable_charges_never_over');
  });
});
