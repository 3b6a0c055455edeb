import { describe, expect } from 'vitest';
import type { PlannedFault } from '#sandbox/faults/faults.js';
import type { Answer } from '../support/caller.js';
import { FOREVER_MS, LEASE_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { cardChangesTest, type Wallet } from './card-changes-test.js';

const it = cardChangesTest()
  /**
   * Suspends the change of a user with three subscriptions when a call of its rest has had its effect, and later calls of it are not
   * made. `goOn` expects that it still is, lets it go on, and has its answer. What a test does meanwhile must take less than the 10
   * seconds after which each call to Stripe is given up.
   */
  .extend(
    'suspend',
    ({ paydesk: { sandbox }, clock, wallet, failOnce, afterRead }) =>
      async (changeOf: (user: Wallet) => Promise<Answer>) => {
        const user = await wallet();
        await user.subscribe(user.visa);
        const change = () => changeOf(user);
        const path = `/v1/subscriptions/${user.newer}`;
        let hang: PlannedFault | undefined;
        failOnce(path);
        afterRead('second look-up', () => {
          hang = sandbox.faults.add({ method: 'POST', path, kinds: ['drip'], waitMs: FOREVER_MS });
        });
        expectProblem(await change(), 'outcome-unknown');
        clock.moveSeconds(STRIPE_SETTLES_SECONDS);
        let isAnswered = false;
        const answer = change().finally(() => {
          isAnswered = true;
        });
        await expect.poll(() => hang?.injected.drip).toBe(1);
        const goOn = async () => {
          expect(isAnswered).toBe(false);
          const endPauseOfAnswer = () => {
            sandbox.faults.clear();
            return isAnswered;
          };
          await expect.poll(endPauseOfAnswer).toBe(true);
          return answer;
        };
        return { ...user, change, goOn };
      },
  )
  /** Repeats a change once the lease of the suspended attempt is over, until that ends it. */
  .extend('takeOver', ({ clock }) => async (change: () => Promise<Answer>) => {
    clock.moveSeconds(LEASE_SECONDS + 1);
    expectProblem(await change(), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await change()).status).toBe(204);
  })
  /**
   * A user who makes the Mastercard the default of all, at which Stripe fails twice for the customer, the second time to do it late. `change`
   * repeats that.
   */
  .extend('lateRest', ({ paydesk: { sandbox }, wallet, failAtRest }) => async () => {
    const user = await wallet();
    const amex = await user.attach('pm_card_amex');
    const change = () => user.makeDefault(user.mastercard);
    const path = `/v1/customers/${user.customer}`;
    await failAtRest(path, change, () => {
      sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    });
    return { ...user, amex, change };
  });

describe('an attempt that does the rest of a change of cards when another one has ended it', () => {
  it('does not undo what the user has chosen since, after a new default', async ({ suspend, takeOver }) => {
    const { visa, mastercard, change, goOn, ...user } = await suspend((one) =>
      one.makeDefault(one.mastercard),
    );
    expect(await user.defaults()).toEqual([null, mastercard, mastercard, visa]);
    await takeOver(change);
    expect(await user.defaults()).toEqual([mastercard, mastercard, mastercard, mastercard]);
    expect((await user.choose(visa)).status).toBe(204);
    expect((await goOn()).status).toBe(204);
    expect(await user.defaults()).toEqual([visa, visa, visa, visa]);
  });

  it('nor after a removal, of which it has planned another rest', async ({ suspend, takeOver }) => {
    const { mastercard, change, goOn, ...user } = await suspend((one) => one.remove(one.visa));
    // It would pay for the last subscription as the default from now on.
    await user.setCustomerDefault(mastercard);
    await takeOver(change);
    expect(await user.defaults()).toEqual([mastercard, mastercard, mastercard, null]);
    const amex = await user.attach('pm_card_amex');
    expect((await user.choose(amex)).status).toBe(204);
    expect((await goOn()).status).toBe(204);
    expect(await user.defaults()).toEqual([amex, amex, amex, null]);
    expect(await user.cards()).toEqual([amex, mastercard]);
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

describe('a default card of which Stripe makes the rest late', () => {
  it('is not told as not done before, although the user has chosen another one since', async ({
    paydesk: { sandbox },
    clock,
    lateRest,
  }) => {
    const { mastercard, amex, change, ...user } = await lateRest();
    expect((await user.choose(amex)).status).toBe(204);
    expectProblem(await change(), 'outcome-unknown');
    sandbox.faults.clear();
    await expect.poll(async () => (await user.defaults())[0]).toBe(mastercard);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expectProblem(await change(), 'needs-review');
    expect(await user.defaults()).toEqual([mastercard, amex, amex]);
  });

  it('is not told as done before, although the user has chosen it once more', async ({
    paydesk: { sandbox },
    clock,
    lateRest,
  }) => {
    const { mastercard, amex, change, ...user } = await lateRest();
    expect((await user.choose(mastercard)).status).toBe(204);
    expectProblem(await change(), 'outcome-unknown');
    sandbox.faults.clear();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await change()).status).toBe(204);
    expect((await user.choose(amex)).status).toBe(204);
    expect(await user.defaults()).toEqual([amex, amex, amex]);
  });
});
