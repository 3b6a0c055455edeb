import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { ChosenError } from '#sandbox/faults/fault.js';
import type { Method } from '#sandbox/http/route.js';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from '../support/caller.js';
import { LONGEST_WAIT_SECONDS } from '../support/durations.js';
import { expectLogged, expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';
import { CHARGING, resentCharge } from './resent-charge.js';

const MISSING = { status: 404, type: 'invalid_request_error', code: 'resource_missing' } as const;
const UNUSABLE = { status: 400, type: 'invalid_request_error', code: 'expired_payment_method' } as const;
const TEST_MODE = { status: 400, type: 'invalid_request_error', code: 'testmode_charges_only' } as const;
const UNCLEAR = { status: 400, type: 'invalid_request_error' } as const;

/** Called with each request to Stripe, when it has been processed and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = paydeskTest({ workerByHand: true, observe: ({ method, path }) => onCall(`${method} ${path}`) })
  .extend('refuse', ({ paydesk }) => (method: Method, path: string, error: ChosenError) => {
    paydesk.sandbox.faults.add({ method, path, kinds: ['refuse'], error, share: 1 });
  })
  /** A subscription that a service names, and how it is paused. */
  .extend('pausable', ({ paydesk, shop }) => async () => {
    const { id } = await startSubscription(paydesk.stripe);
    const headers = { 'idempotency-key': randomUUID() };
    return {
      pause: () => shop.post('/pay/recurrent/pause', { paymentID: id }, headers),
      isPaused: async () => (await paydesk.stripe.subscriptions.retrieve(id)).pause_collection !== null,
    };
  })
  /** The state of an operation after the worker's next attempt. */
  .extend('resume', ({ paydesk, clock }) => async (caller: Caller, operationId: string) => {
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    return (await caller.get(`/operations/${operationId}`)).body;
  });

describe('what Stripe refuses beside what an operation is to do', () => {
  it('is not the outcome if it is a read afterwards', async ({ paydesk, shop, refuse, pausable, resume }) => {
    const { pause, isPaused } = await pausable();
    refuse('GET', '/v1/checkout/sessions', MISSING);
    const answer = await pause();
    expectProblem(answer, 'outcome-unknown');
    expect(await isPaused()).toBe(true);
    expect(paydesk.log).toContainEqual(
      expect.objectContaining({
        problem: 'internal-error',
        operationId: answer.body.operationId,
        alert: true,
      }),
    );
    paydesk.sandbox.faults.clear();
    expect(await resume(shop, answer.body.operationId)).toMatchObject({ state: 'succeeded', problem: null });
    expect((await pause()).status).toBe(200);
  });

  it('is tried again for most of a day', async ({ paydesk, clock, shop, refuse, pausable, resume }) => {
    const { pause } = await pausable();
    refuse('GET', '/v1/checkout/sessions', UNCLEAR);
    const { operationId } = (await pause()).body;
    expect(await resume(shop, operationId)).toMatchObject({ state: 'running' });
    clock.moveHours(22);
    expect(await resume(shop, operationId)).toMatchObject({ state: 'running' });
    paydesk.sandbox.faults.clear();
    expect(await resume(shop, operationId)).toMatchObject({ state: 'succeeded' });
  });

  it('is logged once an hour meanwhile', async ({ paydesk, clock, shop, refuse, pausable, resume }) => {
    const { pause } = await pausable();
    refuse('GET', '/v1/checkout/sessions', UNCLEAR);
    const { operationId } = (await pause()).body;
    const lines = () =>
      paydesk.log.filter((line) => line['operationId'] === operationId && !line['requestId']);
    expect(lines()).toMatchObject([{ problem: 'provider-refused', alert: true }]);
    for (const _ of Array(3)) await resume(shop, operationId);
    expect(lines()).toHaveLength(1);
    clock.moveHours(1);
    await resume(shop, operationId);
    expect(lines()).toHaveLength(2);
    paydesk.sandbox.faults.clear();
    refuse('GET', '/v1/checkout/sessions', MISSING);
    await resume(shop, operationId);
    expect(lines().at(-1)).toMatchObject({ problem: 'internal-error', alert: true });
    paydesk.sandbox.faults.clear();
    expect(await resume(shop, operationId)).toMatchObject({ state: 'succeeded' });
  });

  it.for([{ code: 'something_new' }, { param: 'limit' }])(
    'is logged at once if it is another one with the same problem: %j',
    async (stripe, { paydesk, shop, refuse, pausable, resume }) => {
      const { pause } = await pausable();
      refuse('GET', '/v1/checkout/sessions', UNCLEAR);
      const { operationId } = (await pause()).body;
      paydesk.sandbox.faults.clear();
      refuse('GET', '/v1/checkout/sessions', { ...UNCLEAR, ...stripe });
      for (const _ of Array(2)) await resume(shop, operationId);
      const logged = paydesk.log.filter((line) => line['operationId'] === operationId && !line['requestId']);
      expect(logged).toMatchObject([
        { problem: 'provider-refused' },
        { problem: 'provider-refused', cause: { stripe } },
      ]);
      paydesk.sandbox.faults.clear();
      expect(await resume(shop, operationId)).toMatchObject({ state: 'succeeded' });
    },
  );

  it('leads to a review if Stripe goes on refusing for 23 hours', async ({
    paydesk,
    clock,
    shop,
    refuse,
    pausable,
    resume,
  }) => {
    const { pause, isPaused } = await pausable();
    refuse('GET', '/v1/checkout/sessions', UNCLEAR);
    const { operationId } = (await pause()).body;
    clock.moveHours(23);
    expect(await resume(shop, operationId)).toMatchObject({ state: 'needs-review' });
    expect(await isPaused()).toBe(true);
    const repeated = await pause();
    expectProblem(repeated, 'needs-review');
    expectLogged(paydesk, repeated, true);
  });

  it('is not the outcome if it is a read before it is sent again', async ({
    paydesk,
    shop,
    refuse,
    resume,
  }) => {
    const { id } = await startSubscription(paydesk.stripe);
    const price = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month' },
      product_data: { name: 'Magazine' },
    });
    const path = `/v1/subscriptions/${id}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    const wanted = { products: [{ priceId: price.id, quantity: 1 }], proration: 'none', at: 'now' };
    const { operationId } = (await shop.post('/pay/recurrent/change', { paymentID: id, ...wanted })).body;
    paydesk.sandbox.faults.clear();
    refuse('GET', path, MISSING);
    expect(await resume(shop, operationId)).toMatchObject({ state: 'running' });
    paydesk.sandbox.faults.clear();
    expect(await resume(shop, operationId)).toMatchObject({ state: 'succeeded' });
  });

  it('is not the outcome if it is the release of a schedule afterwards', async ({
    paydesk,
    shop,
    refuse,
    resume,
  }) => {
    const { id, items } = await startSubscription(paydesk.stripe);
    const { price } = items.data[0]!;
    const dearer = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month' },
      product: idOf(price.product) ?? '',
    });
    const change = (at: string) =>
      shop.post('/pay/recurrent/change', {
        paymentID: id,
        products: [{ priceId: dearer.id, quantity: 1 }],
        proration: 'none',
        at,
      });
    expect((await change('endOfPeriod')).status).toBe(200);
    refuse('POST', '/v1/subscription_schedules/*/release', UNCLEAR);
    const answer = await change('now');
    expectProblem(answer, 'outcome-unknown');
    const now = await paydesk.stripe.subscriptions.retrieve(id);
    expect(now.items.data).toMatchObject([{ price: { id: dearer.id } }]);
    expect(now.schedule).not.toBeNull();
    paydesk.sandbox.faults.clear();
    expect(await resume(shop, answer.body.operationId)).toMatchObject({ state: 'succeeded' });
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
  });

  it('does not make a refusal unclear that Stripe has given before', async ({ paydesk, refuse }) => {
    const user = await paydesk.user(someUser());
    const customer = await customerOfUser(paydesk, user);
    const { id } = await paydesk.stripe.paymentMethods.attach('pm_card_visa', { customer });
    refuse('POST', `/v1/payment_methods/${id}/detach`, MISSING);
    refuse('GET', `/v1/payment_methods/${id}`, MISSING);
    const headers = { 'idempotency-key': randomUUID() };
    const remove = () => user.delete(`/payments/payment-methods/${id}`, undefined, headers);
    expectProblem(await remove(), 'internal-error');
    const repeated = await remove();
    expectProblem(repeated, 'internal-error');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('does not make the refusal of a charge unclear', async ({ paydesk, partner, refuse }) => {
    const { send } = await resentCharge(paydesk, partner);
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['reset_before_effect'], times: 2 });
    expectProblem(await send(), 'outcome-unknown');
    refuse(CHARGING.method, CHARGING.path, UNUSABLE);
    refuse('GET', '/v1/customers/*/payment_methods/*', TEST_MODE);
    expectProblem(await send(), 'payment-method-unusable');
    const repeated = await send();
    expectProblem(repeated, 'payment-method-unusable');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it('does not make the refusal of a cancellation unclear if it is a read of the schedule', async ({
    paydesk: { stripe },
    shop,
    refuse,
  }) => {
    const { id } = await startSubscription(stripe);
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    refuse('GET', '/v1/subscription_schedules/*', UNCLEAR);
    const headers = { 'idempotency-key': randomUUID() };
    const end = { paymentID: id, cancelType: 'endOfPeriod' };
    const cancel = () => shop.post('/pay/recurrent/expire', end, headers);
    expectProblem(await cancel(), 'subscription-scheduled');
    const repeated = await cancel();
    expectProblem(repeated, 'subscription-scheduled');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
  });

  it.for([
    [
      'release',
      '/v1/subscription_schedules/*',
      'POST',
      '/v1/subscription_schedules/*/release',
      'invalid-state',
    ],
    ['read', '/v1/subscription_schedules', 'GET', '/v1/subscriptions/*', 'provider-refused'],
  ] as const)(
    'does not make the refusal of a schedule unclear if it is a %s',
    async ([, path, method, other, problem], { paydesk, shop, refuse, onTestFinished }) => {
      const { id, items } = await startSubscription(paydesk.stripe);
      const products = [{ priceId: items.data[0]!.price.id, quantity: 2 }];
      const wanted = { paymentID: id, products, proration: 'none', at: 'endOfPeriod' };
      const headers = { 'idempotency-key': randomUUID() };
      const change = () => shop.post('/pay/recurrent/change', wanted, headers);
      refuse('POST', path, UNCLEAR);
      onTestFinished(() => {
        onCall = () => undefined;
      });
      onCall = (call) => {
        if (call.startsWith('POST /v1/subscription_schedules')) refuse(method, other, UNCLEAR);
      };
      expectProblem(await change(), problem);
      const repeated = await change();
      expectProblem(repeated, problem);
      expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    },
  );
});
