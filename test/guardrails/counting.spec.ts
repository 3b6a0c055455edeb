import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { DAY_SECONDS, LONGEST_WAIT_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { guardrailsTest } from './guardrails-test.js';

const CHARGES = { method: 'POST', path: '/v1/payment_intents' } as const;
const LIMITED = { maxChargesPerDay: { usd: 5000 } };

const it = guardrailsTest()
  .extend('limited', ({ guarded }) => guarded('partner', LIMITED))
  .extend('charge', ({ limited, charging }) => charging(limited))
  /** The sums of the day, in minor units. */
  .extend('sums', ({ paydesk }) => async (caller: { authorization: Record<string, string> }) => {
    const secret = String(caller.authorization['authorization']).slice('Bearer '.length);
    const rows = await query<{ sum: string }>(
      paydesk,
      `select amount_minor as sum from guardrail_counters join api_keys on key_id = id
       where key_sha256 = encode(sha256($1), 'hex')`,
      [Buffer.from(secret)],
    );
    return rows.map(({ sum }) => Number(sum));
  });

function statuses(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('a limit of the day', () => {
  it('is passed by exactly 5 of 20 concurrent charges', async ({ limited, charge, chargesMade, sums }) => {
    const before = chargesMade();
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge(1000)));
    expect(statuses(answers)).toEqual({ 201: 5, 403: 15 });
    expect(chargesMade() - before).toBe(5);
    expect(await sums(limited)).toEqual([5000]);
  });

  it('is passed by exactly 5 of 20 concurrent refunds', async ({ guarded, refunding }) => {
    const service = await guarded('service', { maxRefundsPerDay: { usd: 5000 } });
    const refunds = await Promise.all(Array.from({ length: 20 }, () => refunding(service, 1000)));
    const answers = await Promise.all(refunds.map((refund) => refund()));
    expect(statuses(answers)).toEqual({ 201: 5, 403: 15 });
  });

  it('counts a repetition once, one after another and at once', async ({ limited, charge, sums }) => {
    const key: string = randomUUID();
    await Promise.all(Array.from({ length: 5 }, () => charge(1000, { key })));
    for (let i = 0; i < 3; i++) expect((await charge(1000, { key })).status).toBe(201);
    expect(await sums(limited)).toEqual([1000]);
  });

  it('lets a repetition have its answer though the limit is used up', async ({ charge }) => {
    const key: string = randomUUID();
    expect((await charge(5000, { key })).status).toBe(201);
    expectProblem(await charge(5000), 'limit-exceeded');
    const repeated = await charge(5000, { key });
    expect(repeated.status).toBe(201);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('gets a decline back', async ({ limited, charging, sums }) => {
    const charge = await charging(limited, 'pm_card_chargeCustomerFail');
    for (let i = 0; i < 3; i++) expectProblem(await charge(5000), 'card-declined');
    expect(await sums(limited)).toEqual([0]);
  });

  it('does not get back what the customer may still authenticate', async ({ limited, charging, sums }) => {
    const charge = await charging(limited, 'pm_card_authenticationRequired');
    expectProblem(await charge(3000), 'authentication-required');
    expect(await sums(limited)).toEqual([3000]);
  });

  it('does not count what is refused before it is sent', async ({ limited, charge, sums }) => {
    const unknown = { amount: 5000, description: 'x', stripe_payment_method_id: 'pm_unknown' };
    const path = `/partners/user/${randomUUID()}/payment_intent`;
    expect((await limited.post(path, unknown)).status).toBe(404);
    expect(await sums(limited)).toEqual([]);
    expect((await charge(5000)).status).toBe(201);
  });

  it('is not touched by a key without guardrails', async ({ paydesk, charging }) => {
    const before = await query(paydesk, 'select * from guardrail_counters');
    const charge = await charging(await paydesk.partner('acme'));
    expect((await charge(99_000)).status).toBe(201);
    expect(await query(paydesk, 'select * from guardrail_counters')).toEqual(before);
  });
});

describe('what was counted for an unknown outcome', () => {
  it('stays counted, once, when the worker finishes it', async ({
    paydesk,
    clock,
    limited,
    charge,
    sums,
  }) => {
    paydesk.sandbox.faults.add({ ...CHARGES, kinds: ['reset_after_effect'], share: 1 });
    expectProblem(await charge(3000), 'outcome-unknown');
    expect(await sums(limited)).toEqual([3000]);
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    while (await paydesk.resumeNext());
    expect(await sums(limited)).toEqual([3000]);
    expectProblem(await charge(2001), 'limit-exceeded');
    expect((await charge(2000)).status).toBe(201);
  });

  it('is given back when the worker learns of a decline', async ({
    paydesk,
    clock,
    limited,
    charging,
    sums,
  }) => {
    const charge = await charging(limited, 'pm_card_chargeCustomerFail');
    paydesk.sandbox.faults.add({ ...CHARGES, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await charge(3000), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    while (await paydesk.resumeNext());
    expect(await sums(limited)).toEqual([0]);
  });

  it('is given back to its own day when nothing was done', async ({
    paydesk,
    clock,
    limited,
    charge,
    sums,
  }) => {
    paydesk.sandbox.faults.add({ ...CHARGES, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await charge(3000), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    clock.moveSeconds(DAY_SECONDS);
    while (await paydesk.resumeNext());
    clock.moveSeconds(STRIPE_SETTLES_SECONDS + LONGEST_WAIT_SECONDS);
    while (await paydesk.resumeNext());
    expect((await charge(5000)).status).toBe(201);
    expect((await sums(limited)).toSorted((a, b) => a - b)).toEqual([0, 5000]);
  });

  it('is given back when the database has lost the request that Stripe knows', async ({
    paydesk,
    limited,
    charge,
    sums,
  }) => {
    const key: string = randomUUID();
    expect((await charge(1000, { key })).status).toBe(201);
    await query(paydesk, 'delete from operations');
    expectProblem(await charge(2000, { key }), 'idempotency-key-reused');
    expect(await sums(limited)).toEqual([1000]);
  });
});

describe('a refund that is refused because the balance is short', () => {
  it('is given back, and counts again when it is repeated', async ({ paydesk, guarded, refunding, sums }) => {
    const service = await guarded('service', { maxRefundsPerDay: { usd: 5000 } });
    const refund = await refunding(service);
    const key: string = randomUUID();
    paydesk.sandbox.store.settings.isBalanceShort = true;
    for (let i = 0; i < 3; i++) expectProblem(await refund('30.00', key), 'insufficient-balance');
    expect(await sums(service)).toEqual([0]);
    paydesk.sandbox.store.settings.isBalanceShort = false;
    expect((await refund('30.00', key)).status).toBe(201);
    expect(await sums(service)).toEqual([3000]);
  });

  it('is still refused, as before, while others use the limit up', async ({
    paydesk,
    guarded,
    refunding,
    sums,
  }) => {
    const service = await guarded('service', { maxRefundsPerDay: { usd: 5000 } });
    const [refund, other] = [await refunding(service), await refunding(service)];
    const key: string = randomUUID();
    paydesk.sandbox.store.settings.isBalanceShort = true;
    expectProblem(await refund('30.00', key), 'insufficient-balance');
    paydesk.sandbox.store.settings.isBalanceShort = false;
    expect((await other('40.00')).status).toBe(201);
    expectProblem(await refund('30.00', key), 'limit-exceeded');
    expect(await sums(service)).toEqual([4000]);
  });
});
