import { afterEach, describe, expect, vi } from 'vitest';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSecondInstance } from '../support/second-instance.js';

const it = paydeskTest({ environment: { RATE_LIMITS: 'read:100/1m,write:3/1m' } });
const READ = '/partners/user/nobody/payments';
const WRITE = '/partners/user/nobody/payment_intent';

async function read(caller: Caller, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < times; index += 1) statuses.push((await caller.get(READ)).status);
  return statuses;
}

describe('rate limits', () => {
  afterEach(() => void vi.useRealTimers());

  it('reports what is left, and refuses more with 429 and when to repeat it', async ({ paydesk }) => {
    // Both the library and PostgreSQL's rows use the system's time.
    vi.useFakeTimers({ toFake: ['Date'] });
    const partner = await paydesk.partner('acme');
    const first = await partner.post(WRITE, {});
    expect(first.status).toBe(400);
    expect(first.headers.get('ratelimit-policy')).toBe('"write";q=3;w=60');
    expect(first.headers.get('ratelimit')).toBe('"write";r=2;t=60');
    await partner.post(WRITE, {});
    expect((await partner.post(WRITE, {})).headers.get('ratelimit')).toBe('"write";r=0;t=60');

    const refused = await partner.post(WRITE, {});
    expectProblem(refused, 'too-many-requests');
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.get('ratelimit')).toBe('"write";r=0;t=60');
    expect((await partner.get(READ)).status).toBe(200);

    vi.setSystemTime(Date.now() + 60_000);
    expect((await partner.post(WRITE, {})).status).toBe(400);
  });

  it('counts each credential apart, and a signed-in user by name rather than by token', async ({
    paydesk,
    clock,
  }) => {
    const [first, second] = [await paydesk.partner('acme'), await paydesk.partner('acme')];
    for (let index = 0; index < 3; index += 1) await first.post(WRITE, {});
    expect((await first.post(WRITE, {})).status).toBe(429);
    expect((await second.post(WRITE, {})).status).toBe(400);

    const user = someUser();
    const route = '/payments/create-setup-intent';
    for (let index = 0; index < 3; index += 1) {
      expect((await (await paydesk.user(user)).post(route)).status).toBe(201);
      clock.moveSeconds(1);
    }
    expect((await (await paydesk.user(user)).post(route)).status).toBe(429);
  });

  it('refuses a flood before its bodies are read, and without the database', async ({ paydesk }) => {
    const partner = await paydesk.partner('flood');
    const others = await countsOf(paydesk);
    for (let index = 0; index < 3; index += 1) await partner.post(WRITE, {});
    await vi.waitUntil(async () => (await pointsBeside(others, paydesk)).includes(3));
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await partner.post(WRITE, 'not JSON')).status),
    );
    expect(new Set(statuses)).toEqual(new Set([429]));
    expect(Math.max(...(await pointsBeside(others, paydesk)))).toBe(3);
  });

  it('is shared by instances', async ({ paydesk, clock }) => {
    const partner = await paydesk.partner('shared');
    const other = await startSecondInstance(paydesk, clock);
    const elsewhere = new Caller(
      other.url,
      String(partner.authorization['authorization']).slice('Bearer '.length),
    );
    const others = await countsOf(paydesk);
    expect(new Set(await read(partner, 100))).toEqual(new Set([200]));
    expect((await partner.get(READ)).status).toBe(429);
    await vi.waitUntil(async () => (await pointsBeside(others, paydesk)).includes(100));
    const statuses = await read(elsewhere, 50);
    await other.close();
    expect(statuses.at(-1)).toBe(429);
  });

  it('needs no database', async ({ paydesk }) => {
    const partner = await paydesk.partner('insured');
    await query(paydesk, 'alter table rate_limits rename to rate_limits_away');
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await partner.post(WRITE, {})).status);
    await query(paydesk, 'alter table rate_limits_away rename to rate_limits');
    expect(statuses).toEqual([400, 400, 400, 429]);
  });

  it('does not count or mark requests without a credential', async ({ paydesk }) => {
    const { status, headers } = await paydesk.stranger().get(READ);
    expect({ status, marked: headers.has('ratelimit') }).toEqual({ status: 401, marked: false });
  });
});

interface Count {
  key: string;
  points: number;
}

function countsOf(paydesk: Paydesk): Promise<Count[]> {
  return query<Count>(paydesk, 'select key, points from rate_limits');
}

/** What has been counted in a test, for callers that no test before it had. */
async function pointsBeside(others: readonly Count[], paydesk: Paydesk): Promise<number[]> {
  const keys = new Set(others.map(({ key }) => key));
  return (await countsOf(paydesk)).filter(({ key }) => !keys.has(key)).map(({ points }) => points);
}
