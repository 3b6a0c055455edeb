import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../libs/stripe-sandbox/faults/fault.js';
import type { Caller } from '../support/caller.js';
import { MovedClock } from '../support/moved-clock.js';
import { type Paydesk, startPaydesk } from '../support/paydesk.js';
import { someUser } from '../support/saved-card.js';

describe('Retry-After', () => {
  const clock = new MovedClock();
  let paydesk: Paydesk;
  let partner: Caller;

  beforeAll(async () => {
    paydesk = await startPaydesk({}, clock);
    partner = await paydesk.partner('acme');
  });
  afterEach(() => {
    paydesk.sandbox.faults.clear();
    clock.moveHours(1);
  });
  afterAll(() => paydesk.close());

  const saveCard = () => partner.post(`/partners/user/${someUser()}/setup_intent`);

  async function retryAfter(): Promise<string | null> {
    return (await saveCard()).headers.get('retry-after');
  }

  it.each<FaultKind>(['rate_limit', 'lock_timeout', 'error_before_effect'])(
    'comes with what may pass, such as %s',
    async (kind) => {
      paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: [kind], share: 1 });
      expect(await retryAfter()).toBe('1');
    },
  );

  it('is as long as the pause that Stripe makes us take', async () => {
    expect((await saveCard()).status).toBe(201);
    paydesk.sandbox.faults.add({ path: '/v1/customers', kinds: ['rate_limit'], share: 1 });
    expect(await retryAfter()).toBe('1');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('2');
    clock.moveSeconds(1);
    expect(await retryAfter()).toBe('1');
  });

  it('does not come with what stays as it is', async () => {
    const answer = await partner.get(`/partners/user/${someUser()}/payments/pi_unknown`);
    expect(answer.status).toBe(404);
    expect(answer.headers.has('retry-after')).toBe(false);
  });
});
