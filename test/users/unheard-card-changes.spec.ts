import { describe, expect } from 'vitest';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { cardChangesTest } from './card-changes-test.js';

const it = cardChangesTest();

describe('a default card of which Stripe has failed to make a part', () => {
  it.for([
    ['/v1/customers/', 'customer'],
    ['/v1/subscriptions/', 'older'],
  ] as const)(
    'is the default of all as planned, if Stripe failed at %s',
    async ([path, which], { wallet, failOnce, settled }) => {
      const user = await wallet();
      failOnce(path + user[which]);
      expect((await settled(() => user.makeDefault(user.mastercard))).status).toBe(204);
      expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    },
  );

  it('is not done if nothing was', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    // It is the first to be changed.
    failOnce(`/v1/subscriptions/${user.newer}`);
    expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'not-done');
    expect(await user.defaults()).toEqual([null, user.visa, user.visa]);
  });

  it('needs a review if Stripe refuses the rest', async ({
    wallet,
    failOnce,
    refuse,
    afterRead,
    settled,
  }) => {
    const user = await wallet();
    const path = `/v1/customers/${user.customer}`;
    failOnce(path);
    afterRead('later look-ups', () => refuse(path, { times: 1 }));
    expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'needs-review');
    expect(await user.defaults()).toEqual([null, user.mastercard, user.mastercard]);
  });

  it('needs a review if Stripe fails at the rest too', async ({ wallet, failOnce, afterRead, settled }) => {
    const user = await wallet();
    const path = `/v1/subscriptions/${user.older}`;
    failOnce(path);
    afterRead('second look-up', () => failOnce(path));
    expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'outcome-unknown');
    expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'needs-review');
    expect(await user.defaults()).toEqual([null, user.mastercard, user.visa]);
  });

  it.for(['reset_before_effect', 'reset_after_effect'] as const)(
    'is the default of all as planned, if no answer to the rest comes: %s',
    async (kind, { paydesk: { sandbox }, wallet, failOnce, afterRead, settled }) => {
      const user = await wallet();
      const path = `/v1/subscriptions/${user.older}`;
      failOnce(path);
      afterRead('second look-up', () =>
        sandbox.faults.add({ method: 'POST', path, kinds: [kind], times: 1 }),
      );
      expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'outcome-unknown');
      expect((await settled(() => user.makeDefault(user.mastercard))).status).toBe(204);
      expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    },
  );
});

describe('the removal of a card of which Stripe has failed to do a part', () => {
  it('is finished, and the newest card pays', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    failOnce(`/v1/customers/${user.customer}`);
    expect((await settled(() => user.remove(user.visa))).status).toBe(204);
    expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    expect(await user.cards()).toEqual([user.mastercard]);
  });

  it('is finished if only the card is left', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    failOnce(`/v1/payment_methods/${user.visa}/detach`);
    expect((await settled(() => user.remove(user.visa))).status).toBe(204);
    expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.mastercard]);
    expect(await user.cards()).toEqual([user.mastercard]);
  });

  it('is finished if Stripe fails at that again and again', async ({
    wallet,
    failOnce,
    afterRead,
    watchCalls,
    settled,
  }) => {
    const user = await wallet();
    const path = `/v1/payment_methods/${user.visa}/detach`;
    failOnce(path);
    afterRead('later look-ups', () => failOnce(path));
    expectProblem(await settled(() => user.remove(user.visa)), 'outcome-unknown');
    watchCalls(() => undefined);
    expect((await settled(() => user.remove(user.visa))).status).toBe(204);
    expect(await user.cards()).toEqual([user.mastercard]);
  });

  it('is finished if the default pays from then on', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    await user.setCustomerDefault(user.mastercard);
    failOnce(`/v1/subscriptions/${user.older}`);
    expect((await settled(() => user.remove(user.visa))).status).toBe(204);
    expect(await user.defaults()).toEqual([user.mastercard, null, null]);
    expect(await user.cards()).toEqual([user.mastercard]);
  });

  it('is finished if the card was saved twice', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    const twin = await user.attach('pm_card_visa');
    await user.setCustomerDefault(user.mastercard);
    failOnce(`/v1/payment_methods/${user.visa}/detach`);
    expect((await settled(() => user.remove(twin))).status).toBe(204);
    expect(await user.cards()).toEqual([user.mastercard]);
  });

  it('leaves the default that was chosen since', async ({ clock, wallet, failOnce }) => {
    const user = await wallet();
    const amex = await user.attach('pm_card_amex');
    failOnce(`/v1/payment_methods/${user.visa}/detach`);
    expectProblem(await user.remove(user.visa), 'outcome-unknown');
    expect(await user.defaults()).toEqual([amex, amex, amex]);
    await user.setCustomerDefault(user.mastercard);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    expect((await user.remove(user.visa)).status).toBe(204);
    expect(await user.defaults()).toEqual([user.mastercard, amex, amex]);
    expect(await user.cards()).toEqual([amex, user.mastercard]);
  });

  it('is not done if nothing was', async ({ wallet, failOnce, settled }) => {
    const user = await wallet();
    failOnce(`/v1/subscriptions/${user.newer}`);
    expectProblem(await settled(() => user.remove(user.visa)), 'not-done');
    expect(await user.defaults()).toEqual([null, user.visa, user.visa]);
    expect(await user.cards()).toEqual([user.mastercard, user.visa]);
  });

  it('needs a review if Stripe has failed at another change of the same subscription', async ({
    wallet,
    failAtRest,
    settled,
  }) => {
    const user = await wallet();
    await failAtRest(`/v1/subscriptions/${user.older}`, () => user.remove(user.visa));
    // It would pay for that subscription as the default from now on.
    await user.setCustomerDefault(user.mastercard);
    expectProblem(await settled(() => user.remove(user.visa)), 'needs-review');
    expect(await user.defaults()).toEqual([user.mastercard, user.mastercard, user.visa]);
    expect(await user.cards()).toEqual([user.mastercard, user.visa]);
  });

  it('needs a review if nothing else can pay by then', async ({
    paydesk: { sandbox, stripe },
    wallet,
    settled,
  }) => {
    const user = await wallet();
    await user.setCustomerDefault(user.mastercard);
    const path = `/v1/payment_methods/${user.visa}/detach`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], share: 1 });
    const twin = await user.attach('pm_card_visa');
    expectProblem(await user.remove(twin), 'outcome-unknown');
    sandbox.faults.clear();
    await stripe.paymentMethods.detach(user.mastercard);
    expectProblem(await settled(() => user.remove(twin)), 'needs-review');
    expect(await user.cards()).toEqual([user.visa]);
  });
});

describe('a subscription that ends while cards are changed', () => {
  it.for(['default', 'replaced', 'freed'] as const)(
    'does not stop the change: %s',
    async (how, { wallet, afterRead }) => {
      const user = await wallet();
      if (how === 'freed') await user.setCustomerDefault(user.mastercard);
      afterRead('each', (stripe) =>
        stripe.run(() => stripe.store.subscriptions.update(user.newer, { status: 'canceled' })),
      );
      const answer =
        how === 'default' ? await user.makeDefault(user.mastercard) : await user.remove(user.visa);
      expect(answer.status).toBe(204);
      expect(await user.defaults()).toEqual([user.mastercard, how === 'freed' ? null : user.mastercard]);
    },
  );
});
