import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer, Caller } from '../support/caller.js';
import { FOREVER_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { readMetrics } from '../support/metrics.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { eventOf, signatureOf, someEventId } from '../webhooks/stripe-event.js';

/** So many writes of one caller run if no other calls: docs/adr/0017-back-pressure.md. */
const RUNNING_MAX = 2;
/** So many callers' requests fill the places that all share: 2, 1, and one for each of them beyond that. */
const CALLERS = 9;
const SECRET = 'whsec_running';
const CHARGES = { method: 'POST', path: '/v1/payment_intents' } as const;

const it = paydeskTest({
  environment: { STRIPE_CALLS_MAX: String(RUNNING_MAX), METRICS_PORT: '0', STRIPE_WEBHOOK_SECRET: SECRET },
  workerByHand: true,
}).extend('faults', { scope: 'file' }, ({ paydesk }) => paydesk.sandbox.faults);

it('more requests of a caller than can be worked on are refused at once, and those of others are not', async ({
  paydesk,
  partner,
  shop,
  faults,
}) => {
  const user = someUser();
  const card = await saveCard(paydesk, partner, user);
  const charge = (key: string): Promise<Answer> =>
    partner.post(
      `/partners/user/${user}/payment_intent`,
      { amount: '3000', description: user, stripe_payment_method_id: card },
      { 'idempotency-key': key },
    );
  const hang = faults.add({ ...CHARGES, kinds: ['wait'], share: 1, waitMs: FOREVER_MS });
  const running = [charge(randomUUID()), charge(randomUUID())];
  await expect.poll(() => hang.injected.wait).toBe(RUNNING_MAX);
  const callsBefore = paydesk.stripeCalls.length;

  const key = randomUUID();
  const refused = await charge(key);
  expectProblem(refused, 'unavailable');
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(paydesk.stripeCalls).toHaveLength(callsBefore);
  expect(paydesk.log).toContainEqual(
    expect.objectContaining({ msg: expect.stringMatching(/^Refused 1 requests: 2 run, /) as string }),
  );
  expect(await refusedCount(paydesk)).toBe(1);
  const withAnotherKey = await paydesk.partner('acme');
  expectProblem(await withAnotherKey.post(`/partners/user/${user}/setup_intent`, {}), 'unavailable');
  expect(await refusedCount(paydesk)).toBe(2);

  expect((await paydesk.stranger().get('/health/live')).status).toBe(200);
  expect((await partner.get(`/partners/user/${user}/payment_methods`)).status).toBe(200);
  const stranger = await paydesk.stranger().post('/pay', {});
  expectProblem(stranger, 'unauthorized');
  expectProblem(await shop.post('/pay', {}), 'invalid-request');

  faults.clear();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([201, 201]);
  const repeated = await charge(key);
  expect([repeated.status, repeated.headers.has('idempotent-replayed')]).toEqual([201, false]);
});

it('however many callers send more than can be worked on, others begin: a newcomer, Stripe, and customers', async ({
  paydesk,
  clock,
  faults,
}) => {
  const greedy = await Promise.all(Array.from({ length: CALLERS }, (_, i) => paydesk.partner(`greedy-${i}`)));
  const newcomer = await paydesk.service('newcomer');
  const hang = faults.add({
    method: 'POST',
    path: '/v1/customers',
    kinds: ['wait'],
    share: 1,
    waitMs: FOREVER_MS,
  });
  const refusedBefore = await refusedCount(paydesk);
  const running: Promise<Answer>[] = [];
  const send = (caller: Caller) => caller.post(`/partners/user/${someUser()}/setup_intent`, {});
  const run = async (caller: Caller) => {
    running.push(send(caller));
    await expect.poll(() => hang.injected.wait).toBe(running.length);
  };
  for (const [index, caller] of greedy.entries()) {
    await run(caller);
    if (index === 0) await run(caller);
    expectProblem(await send(caller), 'unavailable');
  }
  expect(await refusedCount(paydesk)).toBe(refusedBefore + CALLERS);

  expectProblem(await newcomer.post('/pay', {}), 'invalid-request');
  const event = eventOf('charge.succeeded', { id: 'ch_1' }, someEventId());
  const signature = signatureOf(event, SECRET, Math.floor(clock.now().getTime() / 1000));
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const sent = await fetch(`${paydesk.url}/webhooks/stripe`, { method: 'POST', headers, body: event });
  expect(sent.status).toBe(200);
  const page = await fetch(`${paydesk.url}/confirm/unknown/authenticate`, { method: 'POST' });
  expect(page.status).toBe(404);

  faults.clear();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(running.map(() => 201));
});

it('an unauthenticated request is not counted, however long it takes', async ({ paydesk, partner }) => {
  // The credential is not known yet.
  const user = someUser();
  const wrong = Array.from({ length: 2 * RUNNING_MAX }, () =>
    paydesk.stranger().post('/pay', {}, { authorization: 'Bearer wrong' }),
  );
  expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual(Array(2 * RUNNING_MAX).fill(401));
  expect((await partner.post(`/partners/user/${user}/setup_intent`, {})).status).toBe(201);
});

async function refusedCount(paydesk: Paydesk): Promise<number> {
  return (
    (await readMetrics(paydesk))['paydesk_http_requests_refused_total{pressure="running-requests"}'] ?? 0
  );
}
