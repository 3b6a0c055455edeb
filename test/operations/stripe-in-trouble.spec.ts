import { describe, expect, it, vi } from 'vitest';
import type { Answer } from '../support/caller.js';
import { MovedClock } from '../support/moved-clock.js';
import { usePaydesk } from '../support/paydesk.js';
import { saveCard, someUser } from '../support/saved-card.js';

const PAYMENTS = '/v1/payment_intents';
const HUNG_CALLS = 50;
const FOREVER_MS = 600_000;

describe('when Stripe is in trouble', async () => {
  const clock = new MovedClock();
  const paydesk = await usePaydesk({}, clock);
  const partner = await paydesk.partner('acme');
  const user = someUser();
  const card = await saveCard(paydesk, partner, user);

  function charge(): Promise<Answer> {
    const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
    return partner.post(`/partners/user/${user}/payment_intent`, body);
  }

  function chargesSent(): number {
    return paydesk.stripeCalls.filter((call) => call === `POST ${PAYMENTS}`).length;
  }

  // https://docs.stripe.com/rate-limits
  it('slows down as a whole when one call is told to', async () => {
    paydesk.sandbox.faults.add({ method: 'POST', path: PAYMENTS, kinds: ['rate_limit'] });
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

  it('answers every other route while many calls hang, and those once they end', async () => {
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: PAYMENTS,
      kinds: ['wait'],
      share: 1,
      waitMs: FOREVER_MS,
    });
    const struck = () => paydesk.sandbox.faults.list()[0]?.struck.wait;
    const hung = Array.from({ length: HUNG_CALLS }, charge);
    await vi.waitFor(() => expect(struck()).toBeGreaterThanOrEqual(HUNG_CALLS), {
      timeout: 15_000,
      interval: 20,
    });

    expect((await partner.get(`/partners/user/${user}/payments`)).status).toBe(200);
    expect((await partner.post(`/partners/user/${someUser()}/setup_intent`)).status).toBe(201);
    expect((await paydesk.stranger().get('/health/ready')).status).toBe(200);

    paydesk.sandbox.faults.clear();
    expect(new Set((await Promise.all(hung)).map(({ status }) => status))).toEqual(new Set([201]));
  });
});
