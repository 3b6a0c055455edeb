import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import type { Answer } from '../support/caller.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const PATH = '/payments/payment-methods';
const UNUSABLE = { status: 400, type: 'invalid_request_error', code: 'expired_payment_method' } as const;

/** Called with each request to Stripe, when it has had its effect and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = paydeskTest({ workerByHand: true, observe: ({ method, path }) => onCall(`${method} ${path}`) })
  /** The answer to a request that is repeated, once what Stripe may still do for it is over. */
  .extend('settled', ({ clock }) => async (send: () => Promise<Answer>) => {
    await send();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    return send();
  })
  /** A user with two subscriptions that a Visa of their own pays, a newer Mastercard, and the requests to change that. */
  .extend('wallet', ({ paydesk: { stripe, ...paydesk } }) => async () => {
    const user = await paydesk.user(someUser());
    const customer = await customerOfUser({ ...paydesk, stripe }, user);
    const older = await startSubscription(stripe, {}, customer);
    const visa = idOf(older.default_payment_method) ?? '';
    const newer = await stripe.subscriptions.create({
      customer,
      default_payment_method: visa,
      items: older.items.data.map(({ price }) => ({ price: price.id })),
    });
    const { id: mastercard } = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    const headers = { 'idempotency-key': randomUUID() };
    return {
      customer,
      visa,
      mastercard,
      older: older.id,
      newer: newer.id,
      attach: async (card: string) => (await stripe.paymentMethods.attach(card, { customer })).id,
      remove: (id: string) => user.delete(`${PATH}/${id}`, undefined, headers),
      makeDefault: (id: string) => user.put(`${PATH}/${id}/default`, undefined, headers),
      setCustomerDefault: (id: string) =>
        stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } }),
      /** What pays the customer's invoices, and those of its subscriptions, of which the newest is first. */
      defaults: async () => {
        const found = await stripe.customers.retrieve(customer);
        const { data } = await stripe.subscriptions.list({ customer });
        return [
          found.deleted ? undefined : found.invoice_settings.default_payment_method,
          ...data.map(({ default_payment_method: own }) => own),
        ];
      },
      cards: async () => (await stripe.customers.listPaymentMethods(customer)).data.map(({ id }) => id),
    };
  })
  /** Makes a call to Stripe fail before its effect. Stripe repeats that for the key. */
  .extend('failOnce', ({ paydesk: { sandbox } }) => (path: string) => {
    sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], times: 1 });
  })
  /** Does something at Stripe right after the subscriptions are read: each time, or only for look-ups. */
  .extend('afterRead', ({ paydesk: { sandbox } }, { onCleanup }) => {
    onCleanup(() => {
      onCall = () => undefined;
    });
    return (which: 'each' | 'look-ups', act: (stripe: typeof sandbox) => void) => {
      let isPlanned = which === 'each';
      onCall = (call) => {
        if (call !== 'GET /v1/subscriptions') return;
        if (isPlanned) act(sandbox);
        isPlanned = true;
      };
    };
  });

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

  it('needs a review if Stripe refuses the rest', async ({ wallet, failOnce, afterRead, settled }) => {
    const user = await wallet();
    const path = `/v1/customers/${user.customer}`;
    failOnce(path);
    const refusal = { method: 'POST', path, kinds: ['refuse'], error: UNUSABLE } as const;
    afterRead('look-ups', ({ faults }) => faults.add(refusal));
    expectProblem(await settled(() => user.makeDefault(user.mastercard)), 'needs-review');
    expect(await user.defaults()).toEqual([null, user.mastercard, user.mastercard]);
  });
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

  it('leaves the default that was chosen since', async ({ paydesk: { sandbox }, clock, wallet }) => {
    const user = await wallet();
    const amex = await user.attach('pm_card_amex');
    const path = `/v1/payment_methods/${user.visa}/detach`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], share: 1 });
    expectProblem(await user.remove(user.visa), 'outcome-unknown');
    expect(await user.defaults()).toEqual([amex, amex, amex]);
    sandbox.faults.clear();
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
