import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { cardChangesTest, type Wallet } from './card-changes-test.js';

const CHANGES = ['makeDefault', 'remove'] as const;

const it = cardChangesTest();

/** The last part of a change, and the card that it is about. */
function lastPartOf(change: (typeof CHANGES)[number], { customer, visa, mastercard }: Wallet) {
  return change === 'makeDefault'
    ? { path: `/v1/customers/${customer}`, card: mastercard }
    : { path: `/v1/payment_methods/${visa}/detach`, card: visa };
}

describe('a change of cards of which Stripe refuses a part', () => {
  it.for(CHANGES)(
    'is finished if Stripe does not refuse it again: %s',
    async (change, { wallet, refuse, settled }) => {
      const user = await wallet();
      const { path, card } = lastPartOf(change, user);
      refuse(path, { times: 1 });
      expect((await settled(() => user[change](card))).status).toBe(204);
      expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
      expect(await user.cards()).toEqual([user.mastercard, ...(change === 'remove' ? [] : [user.visa])]);
    },
  );

  it.for(CHANGES)('needs a review if Stripe does: %s', async (change, { wallet, refuse, settled }) => {
    const user = await wallet();
    const { path, card } = lastPartOf(change, user);
    refuse(path, { share: 1 });
    expectProblem(await settled(() => user[change](card)), 'needs-review');
    const customerDefault = change === 'remove' ? user.mastercard : null;
    expect(await user.defaults()).toEqual([customerDefault, user.mastercard, user.mastercard]);
    expect(await user.cards()).toEqual([user.mastercard, user.visa]);
  });

  it('ends with the refusal if others have undone the part before it', async ({
    paydesk: { stripe },
    clock,
    wallet,
    refuse,
  }) => {
    const user = await wallet();
    refuse(`/v1/subscriptions/${user.older}`, { share: 1 });
    expectProblem(await user.makeDefault(user.mastercard), 'outcome-unknown');
    await stripe.subscriptions.update(user.newer, { default_payment_method: user.visa });
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expectProblem(await user.makeDefault(user.mastercard), 'invalid-state');
  });

  it('is finished if Stripe knows the key of a later part from before a backup was restored', async ({
    paydesk,
    wallet,
    failOnce,
    settled,
  }) => {
    const user = await wallet();
    failOnce(`/v1/subscriptions/${user.older}`);
    expectProblem(await user.remove(user.visa), 'outcome-unknown');
    await query(paydesk, 'delete from operations');
    // Another card is the newest now, and another subscription is the first that gets it.
    const amex = await user.attach('pm_card_amex');
    await user.subscribe(user.visa);
    expect((await settled(() => user.remove(user.visa))).status).toBe(204);
    expect(await user.defaults()).toEqual([amex, amex, user.mastercard, amex]);
    expect(await user.cards()).toEqual([amex, user.mastercard]);
  });

  describe('if Stripe knows the key of the first part from before a backup was restored', () => {
    const test = it.extend('restored', ({ paydesk }) => async (user: Wallet) => {
      await query(paydesk, 'delete from operations');
      // Another card is the newest now, so that the same removal has another plan.
      return user.attach('pm_card_amex');
    });

    test.for([
      ['nothing', 'newer'],
      ['a part', 'older'],
    ] as const)(
      'a removal is finished if %s of that was done',
      async ([, failed], { wallet, failOnce, restored, settled }) => {
        const user = await wallet();
        failOnce(`/v1/subscriptions/${user[failed]}`);
        expectProblem(await user.remove(user.visa), 'outcome-unknown');
        const amex = await restored(user);
        expect((await settled(() => user.remove(user.visa))).status).toBe(204);
        expect(await user.defaults()).toEqual([amex, failed === 'newer' ? amex : user.mastercard, amex]);
        expect(await user.cards()).toEqual([amex, user.mastercard]);
      },
    );

    test('a removal needs a review if Stripe has failed at another rest of it', async ({
      wallet,
      failAtRest,
      restored,
      settled,
    }) => {
      const user = await wallet();
      await failAtRest(`/v1/subscriptions/${user.older}`, () => user.remove(user.visa));
      await restored(user);
      expectProblem(await settled(() => user.remove(user.visa)), 'needs-review');
      expect(await user.defaults()).toEqual([null, user.mastercard, user.visa]);
    });
  });

  it('ends with the refusal at once if it is the first part', async ({ wallet, refuse }) => {
    const user = await wallet();
    refuse(`/v1/subscriptions/${user.newer}`, { share: 1 });
    expectProblem(await user.makeDefault(user.mastercard), 'invalid-state');
    expect(await user.defaults()).toEqual([null, user.visa, user.visa]);
  });
});
