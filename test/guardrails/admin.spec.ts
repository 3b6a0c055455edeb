import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { Caller } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { guardrailsTest } from './guardrails-test.js';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const GUARDRAILS = {
  maxCharge: { usd: 5000 },
  maxChargesPerDay: { usd: 10_000, jpy: 0 },
  maxRefundsPerDay: {},
  currencies: ['usd', 'jpy'],
  requireIdempotencyKey: true,
};

const it = guardrailsTest()
  /** The path of a new service's key. */
  .extend('key', ({ paydesk, keyOf }) => async () => {
    const name: string = randomUUID();
    await paydesk.service(name);
    return keyOf(name);
  });

describe('PATCH /admin/keys/:id', () => {
  it('replaces all guardrails, and shows them', async ({ admin, key }) => {
    const path = await key();
    expect((await admin.get(path)).body.guardrails).toBeNull();
    const { status, body } = await admin.patch(path, { guardrails: GUARDRAILS });
    expect({ status, guardrails: body.guardrails }).toEqual({ status: 200, guardrails: GUARDRAILS });
    expect((await admin.get(path)).body).toEqual(body);

    const changed = await admin.patch(path, { guardrails: { maxCharge: null, currencies: ['eur'] } });
    expect(changed.body.guardrails).toEqual({ currencies: ['eur'] });
  });

  it.for<[string, object | null]>([
    ['null', null],
    ['an object without any', {}],
    ['nulls', { maxCharge: null, currencies: null, requireIdempotencyKey: null }],
  ])('removes them by %s', async ([_what, guardrails], { admin, key }) => {
    const path = await key();
    await admin.patch(path, { guardrails: GUARDRAILS });
    expect((await admin.patch(path, { guardrails })).body.guardrails).toBeNull();
  });

  it('works at once, also for a key that is in use', async ({ paydesk, admin, keyOf, pay }) => {
    const name: string = randomUUID();
    const service = await paydesk.service(name);
    expect((await pay(service, { amount: '10.00' })).status).toBe(201);
    await admin.patch(await keyOf(name), { guardrails: { maxCharge: { usd: 999 } } });
    await expect.poll(async () => (await pay(service, { amount: '10.00' })).status).toBe(403);
    await admin.patch(await keyOf(name), { guardrails: null });
    await expect.poll(async () => (await pay(service, { amount: '10.00' })).status).toBe(201);
  });

  it.for<[string, unknown]>([
    ['guardrails', undefined],
    ['guardrails', 5],
    ['guardrails', []],
    ['guardrails', { minCharge: { usd: 1 } }],
    ['guardrails', { toString: 1 }],
    ['guardrails.maxCharge', { maxCharge: 5000 }],
    ['guardrails.maxCharge', { maxCharge: [] }],
    ['guardrails.maxCharge', { maxCharge: { usd: '5000' } }],
    ['guardrails.maxCharge', { maxCharge: { usd: 0.5 } }],
    ['guardrails.maxCharge', { maxCharge: { usd: -1 } }],
    ['guardrails.maxCharge', { maxCharge: { usd: 1e16 } }],
    ['guardrails.maxCharge', { maxCharge: { usd: null } }],
    ['guardrails.maxChargesPerDay', { maxChargesPerDay: { USD: 1 } }],
    ['guardrails.maxRefundsPerDay', { maxRefundsPerDay: { xxx: 1 } }],
    ['guardrails.currencies', { currencies: [] }],
    ['guardrails.currencies', { currencies: 'usd' }],
    ['guardrails.currencies', { currencies: ['usd', 'usd'] }],
    ['guardrails.currencies', { currencies: ['USD'] }],
    ['guardrails.requireIdempotencyKey', { requireIdempotencyKey: 'true' }],
  ])('refuses a wrong %s: %j', async ([field, guardrails], { admin, key }) => {
    const path = await key();
    const answer = await admin.patch(path, { guardrails });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect((await admin.get(path)).body.guardrails).toBeNull();
  });

  it('is recorded in the audit log, with what it was before', async ({ admin, key }) => {
    const path = await key();
    const guardrails = { maxCharge: { usd: 5000 } };
    await admin.patch(path, { guardrails });
    await admin.patch(path, { guardrails: null });
    const objectId = path.split('/').at(-1);
    const { body } = await admin.get('/admin/audit?action=key.guardrails-changed');
    const entries = body.data.filter((entry: { objectId: string }) => entry.objectId === objectId);
    expect(entries).toMatchObject([
      { caller: 'service:admin', details: { from: guardrails, to: null } },
      { caller: 'service:admin', details: { from: null, to: guardrails } },
    ]);
  });

  it('is refused for an unknown key, a revoked one, and without keys:admin', async ({
    paydesk,
    admin,
    key,
    keyOf,
  }) => {
    const guardrails = { maxCharge: { usd: 1 } };
    expectProblem(await admin.patch(`/admin/keys/${UNKNOWN}`, { guardrails }), 'not-found');
    const revoked = await key();
    await admin.post(`${revoked}/revoke`);
    expectProblem(await admin.patch(revoked, { guardrails }), 'invalid-state');
    const name: string = randomUUID();
    const service = await paydesk.service(name);
    expectProblem(await service.patch(await keyOf(name), { guardrails: null }), 'forbidden');
  });
});

describe('a rotated key', () => {
  it('keeps its guardrails, and shares the sums of the day with its successor', async ({
    paydesk,
    admin,
    guarded,
    keyOf,
    pay,
  }) => {
    const name: string = randomUUID();
    const old = await guarded('service', { maxChargesPerDay: { usd: 5000 } }, name);
    expect((await pay(old, { amount: '20.00' })).status).toBe(201);
    const rotated = await admin.post(`${await keyOf(name)}/rotate`, { overlap: '1h' });
    const first = new Caller(paydesk.url, rotated.body.key);
    expect((await pay(first, { amount: '20.00' })).status).toBe(201);
    const again = await admin.post(`/admin/keys/${rotated.body.id}/rotate`, { overlap: '1h' });
    const second = new Caller(paydesk.url, again.body.key);
    expect(again.body.guardrails).toEqual({ maxChargesPerDay: { usd: 5000 } });
    for (const caller of [old, first, second]) {
      expectProblem(await pay(caller, { amount: '10.01' }), 'limit-exceeded');
    }
    expect((await pay(second, { amount: '10.00' })).status).toBe(201);
  });
});
