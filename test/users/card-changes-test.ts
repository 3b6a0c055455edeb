import { randomUUID } from 'node:crypto';
import type { FaultRule } from '#sandbox/faults/fault.js';
import { idOf } from '#stripe/id-of.js';
import type { Answer } from '../support/caller.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const PATH = '/payments/payment-methods';
const UNUSABLE = { status: 400, type: 'invalid_request_error', code: 'expired_payment_method' } as const;

/** A `test` with users who change their cards while Stripe fails. */
export function cardChangesTest() {
  /** Called with each request to Stripe, when it has had its effect and is not answered yet. */
  let onCall: (call: string) => void = () => undefined;

  return (
    paydeskTest({ workerByHand: true, observe: ({ method, path }) => onCall(`${method} ${path}`) })
      // oxlint-disable-next-line no-empty-pattern -- vitest wants to see that it uses no fixture
      .extend('watchCalls', ({}, { onCleanup }) => {
        onCleanup(() => {
          onCall = () => undefined;
        });
        return (watch: typeof onCall) => {
          onCall = watch;
        };
      })
      /** The answer to a request that is repeated, once what Stripe may still do for it is over. */
      .extend('settled', ({ clock }) => async (send: () => Promise<Answer>) => {
        await send();
        clock.moveSeconds(STRIPE_SETTLES_SECONDS);
        return send();
      })
      .extend(
        'wallet',
        ({ paydesk }) =>
          () =>
            createWallet(paydesk),
      )
      /** Makes a call to Stripe fail before its effect. Stripe repeats that for the key. */
      .extend('failOnce', ({ paydesk: { sandbox } }) => (path: string) => {
        sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], times: 1 });
      })
      /** Makes Stripe refuse calls. */
      .extend(
        'refuse',
        ({ paydesk: { sandbox } }) =>
          (path: string, which: Pick<FaultRule, 'times' | 'share'>) => {
            sandbox.faults.add({ method: 'POST', path, kinds: ['refuse'], error: UNUSABLE, ...which });
          },
      )
      /** Does something at Stripe right after the subscriptions are read: each time, or only for look-ups after the first, or for the second. */
      .extend(
        'afterRead',
        ({ paydesk: { sandbox }, watchCalls }) =>
          (which: 'each' | 'later look-ups' | 'second look-up', act: (stripe: typeof sandbox) => void) => {
            let reads = 0;
            watchCalls((call) => {
              if (call !== 'GET /v1/subscriptions') return;
              reads += 1;
              if (which === 'each' || reads === 3 || (which === 'later look-ups' && reads > 3)) act(sandbox);
            });
          },
      )
      /** Makes Stripe fail at a call of a change, and once more when it does the rest of it. */
      .extend(
        'failAtRest',
        ({ failOnce, afterRead, settled }) =>
          async (path: string, send: () => Promise<Answer>, failAgain = () => failOnce(path)) => {
            failOnce(path);
            afterRead('second look-up', failAgain);
            expectProblem(await settled(send), 'outcome-unknown');
          },
      )
  );
}

/** A user with two subscriptions that a Visa of their own pays, a newer Mastercard, and the requests to change that. */
export type Wallet = Awaited<ReturnType<typeof createWallet>>;

async function createWallet({ stripe, ...paydesk }: Paydesk) {
  const user = await paydesk.user(someUser());
  const customer = await customerOfUser({ ...paydesk, stripe }, user);
  const older = await startSubscription(stripe, {}, customer);
  const visa = idOf(older.default_payment_method) ?? '';
  /** Starts another subscription like the first one, which a card of its own pays. */
  const subscribe = async (card: string) => {
    const items = older.items.data.map(({ price }) => ({ price: price.id }));
    return (await stripe.subscriptions.create({ customer, default_payment_method: card, items })).id;
  };
  const newer = await subscribe(visa);
  const { id: mastercard } = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
  const headers = { 'idempotency-key': randomUUID() };
  return {
    customer,
    visa,
    mastercard,
    older: older.id,
    newer,
    subscribe,
    attach: async (card: string) => (await stripe.paymentMethods.attach(card, { customer })).id,
    remove: (id: string) => user.delete(`${PATH}/${id}`, undefined, headers),
    makeDefault: (id: string) => user.put(`${PATH}/${id}/default`, undefined, headers),
    /** Makes a card the default by a request of its own. */
    choose: (id: string) => user.put(`${PATH}/${id}/default`),
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
}
