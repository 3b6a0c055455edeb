import { describe, expect } from 'vitest';
import type { FaultKind } from '#sandbox/faults/fault.js';
import { someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { FOREVER_MS } from '../support/durations.js';

const it = paydeskTest({ workerByHand: true })
  .extend('faults', { scope: 'file' }, ({ paydesk }) => paydesk.sandbox.faults)
  .extend('saveCard', ({ partner }) => () => {
    return partner.post(`/partners/user/${someUser()}/setup_intent`);
  })
  .extend('retryAfter', ({ saveCard }) => async () => {
    return (await saveCard()).headers.get('retry-after');
  });

describe('Retry-After', () => {
  it.afterEach(({ clock }) => clock.moveHours(1));

  it.for<FaultKind>(['rate_limit', 'lock_timeout', 'error_before_effect'])(
    'comes with what may pass, such as %s',
    async (kind, { faults, retryAfter }) => {
      faults.add({ path: '/v1/customers', kinds: [kind], share: 1 });
      expect(await retryAfter()).toBe('1');
    },
  );

  it('is as long as the pause after a rate limit', async ({ clock, faults, saveCard, retryAfter }) => {
    expect((await saveCard()).status).toBe(201);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'], share: 1 });
    expect(await retryAfter()).toBe('1');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('2');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('1');
  });

  it('grows although calls from before the pause succeed', async ({
    clock,
    faults,
    saveCard,
    retryAfter,
  }) => {
    expect((await saveCard()).status).toBe(201);
    const hang = faults.add({ path: '/v1/customers', kinds: ['wait'], waitMs: FOREVER_MS });
    const hung = saveCard();
    await expect.poll(() => hang.injected.wait).toBe(1);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'] });
    expect(await retryAfter()).toBe('1');
    faults.clear();
    expect((await hung).status).toBe(201);

    clock.moveSeconds(1);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'] });
    expect(await retryAfter()).toBe('2');
  });

  it('is missing from a final problem', async ({ partner }) => {
    const answer = await partner.get(`/partners/user/${someUser()}/payments/pi_unknown`);
    expect(answer.status).toBe(404);
    expect(answer.headers.has('retry-after')).toBe(false);
  });
});
