import { describe, expect } from 'vitest';
import type { CallLimits } from '#stripe/fair-queue.js';
import type { Answer, Caller } from '../support/caller.js';
import { FOREVER_MS, LONGEST_WAIT_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { redirects } from '../support/hosted-page.js';

const SETUP_INTENTS = { method: 'POST', path: '/v1/setup_intents' } as const;
const CHARGES = { method: 'POST', path: '/v1/payment_intents' } as const;

function floodTest(limits?: CallLimits) {
  return (
    paydeskTest({ limits, workerByHand: true })
      .extend('faults', { scope: 'file' }, ({ paydesk }) => paydesk.sandbox.faults)
      .extend('owner', { scope: 'file' }, () => someUser())
      .extend('card', { scope: 'file' }, ({ paydesk, partner, owner }) => saveCard(paydesk, partner, owner))
      /** The charge of a partner. */
      .extend('charge', ({ partner, owner, card }) => (): Promise<Answer> => {
        const body = { amount: '3000', description: 'x', stripe_payment_method_id: card };
        return partner.post(`/partners/user/${owner}/payment_intent`, body);
      })
      /** A signed-in user who has a customer at Stripe. */
      .extend('flooder', async ({ paydesk }) => {
        const flooder = await paydesk.user(someUser());
        expect((await saveCardOf(flooder)).status).toBe(201);
        return flooder;
      })
  );
}

function saveCardOf(user: Caller): Promise<Answer> {
  return user.post('/payments/create-setup-intent');
}

const itWithShares = floodTest({ placesMax: 4, callerPlacesMax: 2, waitingMax: 10 });
const itWithOnePlace = floodTest({ placesMax: 1, callerPlacesMax: 1, waitingMax: 2 });
const it = floodTest();

describe('calls to Stripe', () => {
  itWithShares(
    'find a place while all calls of a flood of another caller hang',
    async ({ faults, charge, flooder }) => {
      const hang = faults.add({ ...SETUP_INTENTS, kinds: ['wait'], share: 1, waitMs: FOREVER_MS });
      const flood = Array.from({ length: 6 }, () => saveCardOf(flooder));
      await expect.poll(() => hang.injected.wait).toBe(2);

      expect((await charge()).status).toBe(201);
      expect(hang.injected.wait).toBe(2);

      faults.clear();
      const answers = await Promise.all(flood);
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    },
  );

  itWithShares(
    'of the worker find a place while those of the caller hang',
    async ({ paydesk, clock, faults, charge }) => {
      faults.add({ ...CHARGES, kinds: ['reset_after_effect'], times: 2 });
      const unknown = await charge();
      expectProblem(unknown, 'outcome-unknown');
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      const hang = faults.add({ ...CHARGES, kinds: ['wait'], times: 2, waitMs: FOREVER_MS });
      const hung = [charge(), charge()];
      await expect.poll(() => hang.injected.wait).toBe(2);

      expect(await paydesk.resumeNext()).toBe(true);

      faults.clear();
      const answers = await Promise.all(hung);
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    },
  );

  itWithOnePlace(
    'take turns by caller, and a flood makes room for others',
    async ({ paydesk, faults, charge, flooder }) => {
      const hang = faults.add({ ...SETUP_INTENTS, kinds: ['wait'], waitMs: FOREVER_MS });
      const first = saveCardOf(flooder);
      await expect.poll(() => hang.injected.wait).toBe(1);
      const others = ['second', 'third', 'fourth'].map(async (name) => ({
        name,
        answer: await saveCardOf(flooder),
      }));
      const refused = await Promise.race(others);
      expectProblem(refused.answer, 'too-many-requests');
      expect(refused.answer.headers.get('retry-after')).toBe('1');

      const callsBefore = paydesk.stripeCalls.length;
      const charged = charge();
      // One more call of the flood is refused as soon as the charge waits.
      const waiting = others.filter((_, index) => ['second', 'third', 'fourth'][index] !== refused.name);
      expectProblem((await Promise.race(waiting)).answer, 'too-many-requests');

      faults.clear();
      expect((await charged).status).toBe(201);
      expect((await first).status).toBe(201);
      const statuses = (await Promise.all(others)).map(({ answer }) => answer.status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 429, 429]);
      const writes = paydesk.stripeCalls.slice(callsBefore).filter((call) => call.startsWith('POST'));
      expect(writes).toEqual([
        'POST /v1/setup_intents',
        'POST /v1/payment_intents',
        'POST /v1/setup_intents',
      ]);
    },
  );

  it('are at most four at a time for one request', async ({ paydesk, partner, owner, shop, faults }) => {
    const { stripe } = paydesk;
    const product = await stripe.products.create({ name: 'Cake' });
    const prices = await Promise.all(
      Array.from({ length: 10 }, () =>
        stripe.prices.create({ currency: 'usd', unit_amount: 1000, product: product.id }),
      ),
    );
    const hang = faults.add({ path: '/v1/prices/*', kinds: ['wait'], share: 1, waitMs: FOREVER_MS });
    const products = prices.map(({ id: priceId }) => ({ priceId, quantity: 1 }));
    const paid = shop.post('/pay', { ...redirects, products });
    await expect.poll(() => hang.injected.wait).toBeGreaterThanOrEqual(4);

    expect((await partner.get(`/partners/user/${owner}/payments`)).status).toBe(200);
    expect(hang.injected.wait).toBe(4);

    faults.clear();
    expect((await paid).status).toBe(201);
  });
});
