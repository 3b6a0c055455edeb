import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CALL_LIMITS, type CallLimits } from '#stripe/call-limits.js';
import type { Answer } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { MovedClock } from '../support/moved-clock.js';
import { usePaydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';

const PAYMENTS = { method: 'POST', path: '/v1/payment_intents' } as const;
const HUNG_CALLS = 50;
const FOREVER_MS = 600_000;
const LONGEST_CALL_MS = 25_000;

async function useCharges(limits: CallLimits = CALL_LIMITS) {
  const clock = new MovedClock().standStill();
  const paydesk = await usePaydesk({}, clock, limits);
  const partner = await paydesk.partner('acme');
  const user = someUser();
  const card = await saveCard(paydesk, partner, user);
  const { faults } = paydesk.sandbox;

  function charge(key: string = randomUUID()): Promise<Answer> {
    const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
    return partner.post(`/partners/user/${user}/payment_intent`, body, { 'idempotency-key': key });
  }

  /** Has so many charges hang at Stripe, until the faults are cleared. */
  async function hangCharges(count: number): Promise<Promise<Answer>[]> {
    const hang = faults.add({ ...PAYMENTS, kinds: ['wait'], share: 1, waitMs: FOREVER_MS });
    const hung = Array.from({ length: count }, () => charge());
    await expect.poll(() => hang.struck.wait).toBeGreaterThanOrEqual(count);
    return hung;
  }

  return { clock, paydesk, partner, user, faults, charge, hangCharges };
}

async function statuses(answers: readonly Promise<Answer>[]): Promise<Set<number>> {
  return new Set((await Promise.all(answers)).map(({ status }) => status));
}

describe('when Stripe is in trouble', async () => {
  const { clock, paydesk, partner, user, faults, charge, hangCharges } = await useCharges();

  function chargesSent(): number {
    return paydesk.stripeCalls.filter((call) => call === `POST ${PAYMENTS.path}`).length;
  }

  // https://docs.stripe.com/rate-limits
  it('slows down as a whole when one call is told to', async () => {
    faults.add({ ...PAYMENTS, kinds: ['rate_limit'] });
    const busy = { status: 503, body: { type: 'urn:paydesk:provider-busy', retryable: true } };
    expect(await charge()).toMatchObject(busy);
    const sent = chargesSent();
    const paused = await Promise.all([charge(), charge(), partner.get(`/partners/user/${user}/payments`)]);
    for (const answer of paused) {
      expect(answer).toMatchObject(busy);
      expect(answer.headers.get('retry-after')).toBe('1');
    }
    expect(chargesSent()).toBe(sent);

    clock.moveSeconds(1);
    expect((await charge()).status).toBe(201);
  });

  // https://docs.stripe.com/error-low-level
  it('sends again at once what Stripe says should be', async () => {
    const limit = faults.add({ path: '/v1/setup_intents', kinds: ['rate_limit'], shouldRetry: true });
    expect((await partner.post(`/partners/user/${user}/setup_intent`)).status).toBe(201);
    expect(limit.struck.rate_limit).toBe(1);
  });

  it('answers every other route while many calls hang, and those once they end', async () => {
    const hung = await hangCharges(HUNG_CALLS);

    expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);
    expect((await partner.post(`/partners/user/${someUser()}/setup_intent`)).status).toBe(201);
    expect((await paydesk.stranger().get('/health/ready')).status).toBe(200);

    faults.clear();
    expect(await statuses(hung)).toEqual(new Set([201]));
  });

  it('ends a call within 25 s that Stripe never answers, as one whose outcome is not known', async () => {
    fakeTimeouts();
    const silence = faults.add({ ...PAYMENTS, kinds: ['silence_before_effect'], share: 1 });
    const answer = charge();
    await expect.poll(() => silence.struck.silence_before_effect).toBe(1);
    await vi.advanceTimersByTimeAsync(LONGEST_CALL_MS);
    expectProblem(await answer, 'outcome-unknown');
  });
});

describe('when more calls hang than there is room for', async () => {
  const { clock, partner, user, faults, charge, hangCharges } = await useCharges({
    readsMax: 2,
    writesMax: 2,
    waitingMax: 1,
  });

  it('keeps room for reads, and sends away who would have to wait behind too many', async () => {
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
  });

  it('sends nothing that has waited once Stripe asks us to slow down', async () => {
    const hung = await hangCharges(2);
    const others = [charge(), charge()];
    expectProblem(await Promise.race(others), 'too-many-requests');
    faults.add({ method: 'GET', kinds: ['rate_limit'] });
    expectProblem(await partner.get(`/partners/user/${user}/payments`), 'provider-busy');

    faults.clear();
    expect(await statuses(hung)).toEqual(new Set([201]));
    expect(await statuses(others)).toEqual(new Set([429, 503]));
    clock.moveSeconds(1);
    expect((await charge()).status).toBe(201);
  });
});

describe('when replies trickle in', async () => {
  const { faults, charge } = await useCharges({ readsMax: 1, writesMax: 1, waitingMax: 1 });

  it('gives their places to others within 25 s', async () => {
    fakeTimeouts();
    const drip = faults.add({ ...PAYMENTS, kinds: ['drip'], waitMs: FOREVER_MS });
    const dripping = charge();
    await expect.poll(() => drip.struck.drip).toBe(1);
    await vi.advanceTimersByTimeAsync(LONGEST_CALL_MS);
    expect((await charge()).status).toBe(201);
    await dripping;
  });
});

/** Time that a test lets pass itself; sockets keep their own. */
function fakeTimeouts(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}
