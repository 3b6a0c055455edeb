import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import {
  FOREVER_MS,
  LONGEST_CALL_SECONDS,
  LONGEST_WAIT_SECONDS,
  STRIPE_SETTLES_SECONDS,
} from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';
import { CHARGING, LOOKING, resentCharge } from './resent-charge.js';

const NOT_YET_SETTLED_SECONDS = 10;

/** Called with each request to Stripe, when it has been processed and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = paydeskTest({ workerByHand: true, observe: ({ method, path }) => onCall(`${method} ${path}`) })
  /** Lets Stripe take so long to answer a read, until the end of the test or another time is set. */
  .extend('answerLate', ({ clock }, { onCleanup }) => {
    onCleanup(() => {
      onCall = () => undefined;
    });
    return (path: string, seconds: number) => {
      onCall = (call) => {
        if (call === `GET ${path}`) clock.moveSeconds(seconds);
      };
    };
  });

describe('a look-up that Stripe answers late', () => {
  it.for([
    ['the first', 0],
    ['a later', NOT_YET_SETTLED_SECONDS],
  ] as const)(
    'does not prove that a charge was not made, if it is %s one',
    async ([, seconds], { paydesk, clock, partner, answerLate }) => {
      const { send, made } = await resentCharge(paydesk, partner);
      paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
      if (seconds > 0) expectProblem(await send(), 'outcome-unknown');
      clock.moveSeconds(seconds);
      answerLate(LOOKING.path, LONGEST_CALL_SECONDS);
      expectProblem(await send(), 'outcome-unknown');
      answerLate(LOOKING.path, 0);
      paydesk.sandbox.faults.clear();
      await expect.poll(made).toHaveLength(1);
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      expect((await send()).status).toBe(201);
      expect(made()).toHaveLength(1);
    },
  );

  it('does not put not-done in the place of a refusal', async ({
    paydesk: { sandbox, stripe },
    clock,
    shop,
    answerLate,
  }) => {
    const { id } = await startSubscription(stripe);
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    const end = { paymentID: id, cancelType: 'endOfPeriod' };
    const headers = { 'idempotency-key': randomUUID() };
    const cancel = () => shop.post('/pay/recurrent/expire', end, headers);
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'] });
    expectProblem(await cancel(), 'outcome-unknown');
    clock.moveSeconds(NOT_YET_SETTLED_SECONDS);
    answerLate(path, STRIPE_SETTLES_SECONDS);
    expectProblem(await cancel(), 'outcome-unknown');
    answerLate(path, 0);
    expectProblem(await cancel(), 'subscription-scheduled');
  });
});
