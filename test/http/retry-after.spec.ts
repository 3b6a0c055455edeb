import { afterEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '#sandbox/faults/fault.js';
import { MovedClock } from '../support/moved-clock.js';
import { usePaydesk } from '../support/paydesk.js';
import { someUser } from '../support/saved-card.js';

const FOREVER_MS = 600_000;

describe('Retry-After', async () => {
  const clock = new MovedClock().standStill();
  const paydesk = await usePaydesk({}, clock);
  const partner = await paydesk.partner('acme');
  const { faults } = paydesk.sandbox;
  afterEach(() => clock.moveHours(1));

  const saveCard = () => partner.post(`/partners/user/${someUser()}/setup_intent`);

  async function retryAfter(): Promise<string | null> {
    return (await saveCard()).headers.get('retry-after');
  }

  it.each<FaultKind>(['rate_limit', 'lock_timeout', 'error_before_effect'])(
    'comes with what may pass, such as %s',
    async (kind) => {
      faults.add({ path: '/v1/customers', kinds: [kind], share: 1 });
      expect(await retryAfter()).toBe('1');
    },
  );

  it('is as long as the pause that Stripe makes us take', async () => {
    expect((await saveCard()).status).toBe(201);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'], share: 1 });
    expect(await retryAfter()).toBe('1');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('2');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('1');
  });

  it('grows though calls from before the pause succeed', async () => {
    const user = someUser();
    await partner.post(`/partners/user/${user}/setup_intent`);
    const hang = faults.add({ method: 'GET', kinds: ['wait'], waitMs: FOREVER_MS });
    const history = partner.get(`/partners/user/${user}/payments`);
    await expect.poll(() => hang.struck.wait).toBe(1);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'] });
    expect(await retryAfter()).toBe('1');
    faults.clear();
    expect((await history).status).toBe(200);

    clock.moveSeconds(1);
    faults.add({ path: '/v1/customers', kinds: ['rate_limit'] });
    expect(await retryAfter()).toBe('2');
  });

  it('does not come with what stays as it is', async () => {
    const answer = await partner.get(`/partners/user/${someUser()}/payments/pi_unknown`);
    expect(answer.status).toBe(404);
    expect(answer.headers.has('retry-after')).toBe(false);
  });
});
