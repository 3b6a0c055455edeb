import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, vi } from 'vitest';
import type { CallLimits } from '#stripe/fair-queue.js';
import type { Answer } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { stopTimers } from '../support/stopped-timers.js';
import { FOREVER_MS } from '../support/durations.js';

const PAYMENTS = { method: 'POST', path: '/v1/payment_intents' } as const;
const HUNG_CALLS = 50;
const LONGEST_CALL_MS = 25_000;

function chargesTest(limits?: CallLimits) {
  return (
    paydeskTest({ limits })
      .extend('faults', { scope: 'file' }, ({ paydesk }) => paydesk.sandbox.faults)
      .extend('user', { scope: 'file' }, () => someUser())
      .extend('card', { scope: 'file' }, ({ paydesk, partner, user }) => saveCard(paydesk, partner, user))
      .extend('charge', ({ partner, user, card }) => (key: string = randomUUID()) => {
        const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
        return partner.post(`/partners/user/${user}/payment_intent`, body, { 'idempotency-key': key });
      })
      /** Has so many charges hang at Stripe, until the faults are cleared. */
      .extend('hangCharges', ({ faults, charge }) => async (count: number) => {
        const hang = faults.add({ ...PAYMENTS, kinds: ['wait'], share: 1, waitMs: FOREVER_MS });
        const hung = Array.from({ length: count }, () => charge());
        await expect.poll(() => hang.injected.wait).toBeGreaterThanOrEqual(count);
        return hung;
      })
  );
}

const it = chargesTest();
const itWithTwoPlaces = chargesTest({ placesMax: 2, callerPlacesMax: 2, waitingMax: 1 });
const itWithOnePlace = chargesTest({ placesMax: 1, callerPlacesMax: 1, waitingMax: 1 });

function chargesSent({ stripeCalls }: Paydesk): number {
  return stripeCalls.filter((call) => call === `POST ${PAYMENTS.path}`).length;
}

async function statuses(answers: readonly Promise<Answer>[]): Promise<Set<number>> {
  return new Set((await Promise.all(answers)).map(({ status }) => status));
}

describe('when Stripe is in trouble', () => {
  // https://docs.stripe.com/rate-limits
  it('pauses only the endpoint that Stripe limits', async ({
    clock,
    paydesk,
    partner,
    user,
    faults,
    charge,
  }) => {
    faults.add({ ...PAYMENTS, kinds: ['rate_limit'] });
    expectProblem(await charge(), 'provider-busy');
    const sent = chargesSent(paydesk);
    for (const paused of await Promise.all([charge(), charge()])) {
      expectProblem(paused, 'provider-busy');
      expect(paused.headers.get('retry-after')).toBe('1');
    }
    expect(chargesSent(paydesk)).toBe(sent);
    expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);
    expect((await partner.post(`/partners/user/${someUser()}/setup_intent`)).status).toBe(201);

    clock.moveSeconds(1);
    expect((await charge()).status).toBe(201);
  });

  it('pauses all writes, and no read, if a write exceeds a global limit', async ({
    clock,
    partner,
    user,
    faults,
    charge,
  }) => {
    faults.add({ ...PAYMENTS, kinds: ['rate_limit'], reason: 'global-rate' });
    expectProblem(await charge(), 'provider-busy');
    expectProblem(await partner.post(`/partners/user/${someUser()}/setup_intent`), 'provider-busy');
    expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);

    clock.moveSeconds(1);
    expect((await charge()).status).toBe(201);
  });

  it('charges while reads exceed a global limit', async ({ clock, partner, user, faults, charge }) => {
    faults.add({ method: 'GET', kinds: ['rate_limit'], share: 1, reason: 'global-rate' });
    expectProblem(await partner.get(`/partners/user/${user}/payments`), 'provider-busy');
    expect((await charge()).status).toBe(201);
    clock.moveSeconds(1);
  });

  it('charges while a service requests the status of payments too often', async ({
    clock,
    shop,
    faults,
    charge,
  }) => {
    const page = { successRedirect: 'https://example.com/ok', failureRedirect: 'https://example.com/ko' };
    const { body } = await shop.post('/pay', { ...page, amount: '5.00' });
    faults.add({ method: 'GET', path: '/v1/checkout/sessions/*', kinds: ['rate_limit'], share: 1 });
    for (let round = 0; round < 10; round += 1) {
      const [status, charged] = await Promise.all([
        shop.get(`/status?paymentID=${body.paymentID}`),
        charge(),
      ]);
      expectProblem(status, 'provider-busy');
      expect(charged.status).toBe(201);
      clock.moveSeconds(1);
    }
  });

  // https://docs.stripe.com/error-low-level
  it('retries at once if Stripe says so', async ({ partner, user, faults }) => {
    const limit = faults.add({ path: '/v1/setup_intents', kinds: ['rate_limit'], shouldRetry: true });
    expect((await partner.post(`/partners/user/${user}/setup_intent`)).status).toBe(201);
    expect(limit.injected.rate_limit).toBe(1);
  });

  it('responds on all other routes while many calls hang, and to those calls once they end', async ({
    paydesk,
    partner,
    user,
    faults,
    hangCharges,
  }) => {
    const hung = await hangCharges(HUNG_CALLS);

    expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);
    expect((await partner.post(`/partners/user/${someUser()}/setup_intent`)).status).toBe(201);
    expect((await paydesk.stranger().get('/health/ready')).status).toBe(200);

    faults.clear();
    expect(await statuses(hung)).toEqual(new Set([201]));
  });

  it('ends a call without a response within 25 s as outcome-unknown', async ({ faults, charge }) => {
    fakeTimeouts();
    const silence = faults.add({ ...PAYMENTS, kinds: ['silence_before_effect'], share: 1 });
    const answer = charge();
    await expect.poll(() => silence.injected.silence_before_effect).toBe(1);
    await vi.advanceTimersByTimeAsync(LONGEST_CALL_MS);
    expectProblem(await answer, 'outcome-unknown');
  });
});

describe('when more calls hang than the limit allows', () => {
  itWithTwoPlaces(
    'keeps room for reads, and sends away who would have to wait behind too many',
    async ({ partner, user, faults, charge, hangCharges }) => {
      const hung = await hangCharges(2);
      const keys = [randomUUID(), randomUUID()];
      const others = keys.map((key) => charge(key));
      const refused = await Promise.race(others);
      expectProblem(refused, 'too-many-requests');
      expect(refused.headers.get('retry-after')).toBe('1');
      expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);

      faults.clear();
      expect(await statuses([...hung, ...others])).toEqual(new Set([201, 429]));
      expect(await statuses(keys.map((key) => charge(key)))).toEqual(new Set([201]));
    },
  );

  itWithTwoPlaces(
    'sends charges that waited, even if Stripe limited reads meanwhile',
    async ({ partner, user, faults, charge, hangCharges }) => {
      const hung = await hangCharges(2);
      const others = [charge(), charge()];
      expectProblem(await Promise.race(others), 'too-many-requests');
      faults.add({ method: 'GET', kinds: ['rate_limit'], reason: 'global-rate' });
      expectProblem(await partner.get(`/partners/user/${user}/payments`), 'provider-busy');

      faults.clear();
      expect(await statuses(hung)).toEqual(new Set([201]));
      expect(await statuses(others)).toEqual(new Set([429, 201]));
    },
  );
});

describe('when replies trickle in', () => {
  itWithOnePlace('gives their places to others within 25 s', async ({ faults, charge }) => {
    fakeTimeouts();
    const drip = faults.add({ ...PAYMENTS, kinds: ['drip'], waitMs: FOREVER_MS });
    const dripping = charge();
    await expect.poll(() => drip.injected.drip).toBe(1);
    await vi.advanceTimersByTimeAsync(LONGEST_CALL_MS);
    expect((await charge()).status).toBe(201);
    await dripping;
  });
});

/** Time that a test lets pass itself; sockets keep their own. */
function fakeTimeouts(): void {
  onTestFinished(stopTimers(['setTimeout', 'clearTimeout']));
}
