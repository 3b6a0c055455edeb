import { describe, expect } from 'vitest';
import type { PlannedFault } from '#sandbox/faults/faults.js';
import type { Answer } from '../support/caller.js';
import { FOREVER_MS, LEASE_SECONDS } from '../support/durations.js';
import { cardChangesTest, type Wallet } from './card-changes-test.js';

const it = cardChangesTest()
  /**
   * Starts a change that is suspended when it has read that a part of it is done. The result lets it go on, and is its answer.
   */
  .extend(
    'suspend',
    ({ paydesk: { sandbox }, failOnce, watchCalls }) =>
      async ({ customer, older }: Wallet, change: () => Promise<Answer>) => {
        const customerRead = { method: 'GET', path: `/v1/customers/${customer}` } as const;
        let hang: PlannedFault | undefined;
        let areSubscriptionsRead = false;
        failOnce(`/v1/subscriptions/${older}`);
        watchCalls((call) => {
          if (call === `POST /v1/subscriptions/${older}`)
            hang ??= sandbox.faults.add({ ...customerRead, kinds: ['wait'], waitMs: FOREVER_MS });
          if (call === 'GET /v1/subscriptions' && hang) areSubscriptionsRead = true;
        });
        const answer = change();
        await expect.poll(() => areSubscriptionsRead && hang?.injected.wait).toBe(1);
        return () => {
          sandbox.faults.clear();
          return answer;
        };
      },
  )
  /** Repeats a change until the lease of the suspended attempt is over, and the repetition has ended it. */
  .extend('takeOver', ({ clock }) => async (change: () => Promise<Answer>) => {
    const repeat = async () => {
      clock.moveSeconds(LEASE_SECONDS + 1);
      return (await change()).status;
    };
    await expect.poll(repeat).toBe(204);
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
