import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer } from '../support/caller.js';
import { FOREVER_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

/** So many writes of one caller run if no other calls: docs/adr/0017-back-pressure.md. */
const RUNNING_MAX = 2;
const CHARGES = { method: 'POST', path: '/v1/payment_intents' } as const;

const it = paydeskTest({
  environment: { STRIPE_CALLS_MAX: String(RUNNING_MAX), METRICS_PORT: '0' },
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
  const metrics = await (await fetch(paydesk.metricsUrl ?? '')).text();
  expect(metrics).toContain('paydesk_http_requests_refused_total{pressure="running-requests"} 1\n');

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

it('an unauthenticated request is not counted, however long it takes', async ({ paydesk, partner }) => {
  // The credential is not known yet.
  const user = someUser();
  const wrong = Array.from({ length: 2 * RUNNING_MAX }, () =>
    paydesk.stranger().post('/pay', {}, { authorization: 'Bearer wrong' }),
  );
  expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual(Array(2 * RUNNING_MAX).fill(401));
  expect((await partner.post(`/partners/user/${user}/setup_intent`, {})).status).toBe(201);
});
