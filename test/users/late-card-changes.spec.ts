import { describe, expect } from 'vitest';
import type { PlannedFault } from '#sandbox/faults/faults.js';
import type { Answer } from '../support/caller.js';
import { FOREVER_MS, LEASE_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { cardChangesTest, type Wallet } from './card-changes-test.js';

const it = cardChangesTest()
  /**
   * Starts a change that is suspended when it has read that a part of it is done. The result expects that it still is, lets it go on,
   * and is its answer.
   */
  .extend(
    'suspend',
    ({ paydesk: { sandbox }, clock, failOnce, watchCalls }) =>
      async ({ customer, older }: Wallet, change: () => Promise<Answer>) => {
        const customerRead = { method: 'GET', path: `/v1/customers/${customer}` } as const;
        let hang: PlannedFault | undefined;
        let areSubscriptionsRead = false;
        failOnce(`/v1/subscriptions/${older}`);
        expectProblem(await change(), 'outcome-unknown');
        clock.moveSeconds(STRIPE_SETTLES_SECONDS);
        watchCalls((call) => {
          if (call === `POST /v1/subscriptions/${older}`)
            hang ??= sandbox.faults.add({ ...customerRead, kinds: ['wait'], waitMs: FOREVER_MS });
          if (call === 'GET /v1/subscriptions' && hang) areSubscriptionsRead = true;
        });
        let isAnswered = false;
        const answer = change().finally(() => {
          isAnswered = true;
        });
        await expect.poll(() => areSubscriptionsRead && hang?.injected.wait).toBe(1);
        return () => {
          expect(isAnswered).toBe(false);
          sandbox.faults.clear();
          return answer;
        };
      },
  )
  /** Repeats a change once the lease of the suspended attempt is over, which ends it. */
  .extend('takeOver', ({ clock }) => async (change: () => Promise<Answer>) => {
    clock.moveSeconds(LEASE_SECONDS + 1);
    expect((await change()).status).toBe(204);
  });

describe('an attempt that does the rest of a change of cards when another one has ended it', () => {
  it('does not undo what the user has chosen since, after a new default', async ({
    wallet,
    suspend,
    takeOver,
  }) => {
    const user = await wallet();
    const makeDefault = () => user.makeDefault(user.mastercard);
    const goOn = await suspend(user, makeDefault);
    await takeOver(makeDefault);
    expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    expect((await user.choose(user.visa)).status).toBe(204);
    expect((await goOn()).status).toBe(204);
    expect(await user.defaults()).toEqual([user.visa, user.visa, user.visa]);
  });

  it('nor after a removal, of which it has planned another rest', async ({ wallet, suspend, takeOver }) => {
    const user = await wallet();
    const remove = () => user.remove(user.visa);
    const goOn = await suspend(user, remove);
    await takeOver(remove);
    expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    const amex = await user.attach('pm_card_amex');
    expect((await user.choose(amex)).status).toBe(204);
    expect((await goOn()).status).toBe(204);
    expect(await user.defaults()).toEqual([amex, amex, amex]);
    expect(await user.cards()).toEqual([amex, user.mastercard]);
  });
});

describe('a change of cards at which Stripe has failed, and that it makes late', () => {
  it.for(['a new default', 'the default that it is already', 'a removal'] as const)(
    'is not told as done before, and does not undo what the user has chosen since: %s',
    async (which, { paydesk: { sandbox }, clock, wallet }) => {
      const user = await wallet();
      if (which === 'the default that it is already') await user.setCustomerDefault(user.mastercard);
      const change = () =>
        which === 'a removal' ? user.remove(user.visa) : user.makeDefault(user.mastercard);
      const path = `/v1/customers/${user.customer}`;
      sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
      expectProblem(await change(), 'outcome-unknown');
      const amex = await user.attach('pm_card_amex');
      clock.moveSeconds(STRIPE_SETTLES_SECONDS - 1);
      expectProblem(await change(), 'outcome-unknown');
      sandbox.faults.clear();
      await expect.poll(async () => (await user.defaults())[0]).toBe(user.mastercard);
      clock.moveSeconds(1);
      expect((await change()).status).toBe(204);
      expect((await user.choose(amex)).status).toBe(204);
      expect(await user.defaults()).toEqual([amex, amex, amex]);
    },
  );
});
