import { expect, describe } from 'vitest';
import type { FaultRule } from '#sandbox/faults/fault.js';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { DAY_SECONDS, FOREVER_MS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem, expectProblemLater } from '../support/expect-problem.js';
import { sendDuringFault } from '../support/send-during-fault.js';
import { changesTest, one } from './subscription-changes-test.js';

const HOUR_SECONDS = 60 * 60;
const SCHEDULE = '/v1/subscription_schedules/*';

/** Called with each request to Stripe, when it has had its effect and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = changesTest({ observe: ({ method, path }) => onCall(`${method} ${path}`) })
  // https://docs.stripe.com/api/idempotent_requests: what is refused before it is executed is not kept.
  .extend('forgetRefusals', ({ paydesk: { sandbox } }) => () => {
    const { keptReplies } = sandbox.store;
    const refusals = [...keptReplies.newestFirst()].filter(({ status }) => status === 400);
    sandbox.run(() => refusals.forEach(({ id }) => keptReplies.remove(id)));
  })
  .extend(
    'scheduleAndCancelUnheard',
    ({ paydesk: { sandbox }, shop, change, price, forgetRefusals }, { onCleanup }) => {
      onCleanup(() => {
        onCall = () => undefined;
      });
      /**
       * Schedules a change, and cancels at the end of the period: the schedule is released, and no answer to the cancellation arrives.
       * Stripe repeats or forgets what it has refused. Returns how to repeat the cancellation.
       */
      return async ({ paymentID, id }: { paymentID: string; id: string }, kept: 'repeats' | 'forgets') => {
        const next = one(await price(2000));
        expect((await change({ paymentID, ...next, at: 'endOfPeriod' })).status).toBe(200);
        const lost = {
          method: 'POST',
          path: `/v1/subscriptions/${id}`,
          kinds: ['reset_after_effect'],
        } as const;
        onCall = (call) => {
          if (call.endsWith('/release')) sandbox.faults.add({ ...lost, share: 1 });
        };
        const end = { paymentID, cancelType: 'endOfPeriod' };
        const key = { 'idempotency-key': `cancellation-of-${id}` };
        const cancel = () => shop.post('/pay/recurrent/expire', end, key);
        expectProblem(await cancel(), 'outcome-unknown');
        sandbox.faults.clear();
        if (kept === 'forgets') forgetRefusals();
        return cancel;
      };
    },
  );
/** As after 30 days. */
const FORGET_CHANGES = "delete from operations where kind = 'subscription-change' and state = 'done'";

describe('a change of which Stripe has not told what became', () => {
  it.for(['/v1/subscription_schedules', '/v1/subscription_schedules/*'])(
    'is not done, and leaves no schedule, if Stripe fails at POST %s for good',
    async (path, { paydesk, start, change, price, clock }) => {
      const { paymentID, id } = await start();
      const kinds = [path.endsWith('*') ? 'error_before_effect' : 'error_after_effect'] as const;
      paydesk.sandbox.faults.add({ method: 'POST', path, kinds, times: 1 });
      const key = { 'idempotency-key': `change-that-fails-at-${path.length}` };
      const wanted = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
      const send = () => change(wanted, key);
      expectProblem(await send(), 'outcome-unknown');
      expect((await send()).body.retryable).toBe(true);
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      await expect.poll(async () => (await send()).body.type).toBe('urn:paydesk:not-done');
      expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
      expect((await change(wanted)).status).toBe(200);
    },
  );

  it('that Stripe makes late does not undo a later one', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const [early, later] = [await price(2000), await price(3000)];
    const path = '/v1/subscription_schedules/*';
    const late = { kinds: ['error_then_effect'], waitMs: FOREVER_MS } as const;
    sandbox.faults.add({ method: 'POST', path, ...late });
    const key = { 'idempotency-key': 'change-that-is-made-late' };
    const send = () => change({ paymentID, ...one(early), at: 'endOfPeriod' }, key);
    expectProblem(await send(), 'outcome-unknown');
    const ended = async () => {
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      const { status, body } = await send();
      return status === 200 || body.type === 'urn:paydesk:not-done';
    };
    await expect.poll(ended).toBe(true);
    expect((await change({ paymentID, ...one(later), at: 'endOfPeriod' })).status).toBe(200);
    sandbox.faults.clear();
    await new Promise(setImmediate);
    const { schedule } = await stripe.subscriptions.retrieve(id);
    const { phases } = await stripe.subscriptionSchedules.retrieve(idOf(schedule) ?? '');
    expect(phases[1]?.items).toMatchObject([{ price: later }]);
  });

  it.for<[string, FaultRule[]]>([
    ['told', []],
    ['lost', [{ method: 'POST', path: `${SCHEDULE}/release`, kinds: ['reset_after_effect'], share: 1 }]],
  ])(
    'needs a review if it is made right before a look-up releases its schedule, and the answer to that is %s',
    async (
      [answer, faults],
      { paydesk: { sandbox, stripe }, start, change, price, clock, onTestFinished },
    ) => {
      const { paymentID, id } = await start();
      const key = { 'idempotency-key': `change-before-a-release-that-is-${answer}` };
      const wanted = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
      sandbox.faults.add({
        method: 'POST',
        path: SCHEDULE,
        kinds: ['error_then_effect'],
        waitMs: FOREVER_MS,
      });
      for (const fault of faults) sandbox.faults.add(fault);
      let isSent = false;
      onCall = (call) => {
        if (isSent && call.startsWith('GET /v1/subscription_schedules/')) sandbox.faults.release();
        isSent ||= call.startsWith('POST /v1/subscription_schedules/');
      };
      onTestFinished(() => {
        onCall = () => undefined;
      });
      expectProblem(await change(wanted, key), 'outcome-unknown');
      sandbox.faults.clear();
      expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull();
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      await expect.poll(async () => (await change(wanted, key)).body.type).toBe('urn:paydesk:needs-review');
    },
  );

  it('needs a review if it has used a schedule of the Dashboard, which has released it since', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const key = { 'idempotency-key': 'change-in-a-schedule-of-the-dashboard' };
    const wanted = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
    const send = () => change(wanted, key);
    const creation = { method: 'POST', path: '/v1/subscription_schedules' } as const;
    await sendDuringFault({ sandbox }, { ...creation, kinds: ['reset_before_effect'] }, send);
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    const update = { method: 'POST', path: `/v1/subscription_schedules/${schedule}` } as const;
    await sendDuringFault({ sandbox }, { ...update, kinds: ['reset_after_effect'] }, send);
    await stripe.subscriptionSchedules.release(schedule);
    await expectProblemLater(clock, send, 'needs-review');
  });

  describe.for(['repeats', 'forgets'] as const)(
    'is found if it is a cancellation whose first call Stripe has refused, and it %s that,',
    (kept) => {
      it('and the Dashboard has scheduled something since', async ({
        paydesk: { stripe },
        scheduleAndCancelUnheard,
        start,
      }) => {
        const subscription = await start();
        const cancel = await scheduleAndCancelUnheard(subscription, kept);
        const { id: schedule } = await stripe.subscriptionSchedules.create({
          from_subscription: subscription.id,
        });
        await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
        expect((await cancel()).status).toBe(200);
      });

      it('and the subscription has ended as planned since', async ({
        paydesk: { stripe },
        scheduleAndCancelUnheard,
        start,
        clock,
      }) => {
        const subscription = await start();
        const { items } = await stripe.subscriptions.retrieve(subscription.id);
        const endsInSeconds = (items.data[0]?.current_period_end ?? 0) - clock.now().getTime() / 1000;
        clock.moveSeconds(endsInSeconds - HOUR_SECONDS);
        const cancel = await scheduleAndCancelUnheard(subscription, kept);
        clock.moveSeconds(2 * HOUR_SECONDS);
        expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
        expect((await cancel()).status).toBe(200);
      });
    },
  );

  it.for([
    ['the first answer', 1],
    ['each answer to an attempt', 2],
  ] as const)(
    'is refused as Stripe has refused it, if only %s was lost',
    async ([, times], { paydesk: { sandbox, stripe, log }, shop, start, clock }) => {
      const { paymentID, id } = await start();
      const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
      await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
      const key = { 'idempotency-key': `cancellation-refused-unheard-${times}` };
      const end = { paymentID, cancelType: 'endOfPeriod' };
      const cancel = () => shop.post('/pay/recurrent/expire', end, key);
      const path = `/v1/subscriptions/${id}`;
      sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times });
      const lost = await cancel();
      expectProblem(lost, 'outcome-unknown');
      expectProblem(await cancel(), 'outcome-unknown');
      clock.moveSeconds(STRIPE_SETTLES_SECONDS);
      await expect.poll(async () => (await cancel()).body.type).toBe('urn:paydesk:subscription-scheduled');
      const { operationId } = lost.body;
      expect(log).not.toContainEqual(
        expect.objectContaining({ operationId, problem: 'subscription-scheduled' }),
      );
    },
  );

  it.for([
    ['in its second phase', 27],
    ['after its last phase', 60],
  ] as const)(
    'is found %s, although its answer was lost',
    async ([, days], { paydesk: { sandbox }, start, change, price, clock }) => {
      const { paymentID } = await start();
      const next = await price(2000);
      const key = { 'idempotency-key': `change-found-after-${days}` };
      const send = () => change({ paymentID, ...one(next), at: 'endOfPeriod' }, key);
      const path = '/v1/subscription_schedules/*';
      sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
      expectProblem(await send(), 'outcome-unknown');
      clock.moveSeconds(days * DAY_SECONDS);
      sandbox.faults.clear();
      await expect.poll(async () => (await send()).status).toBe(200);
    },
  );

  it('needs a review if the Dashboard has taken it back', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const key = { 'idempotency-key': 'change-taken-back-by-the-dashboard' };
    const next = await price(2000);
    const send = () => change({ paymentID, ...one(next), at: 'endOfPeriod' }, key);
    const path = '/v1/subscription_schedules/*';
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    expectProblem(await send(), 'outcome-unknown');
    const { schedule } = await stripe.subscriptions.retrieve(id);
    sandbox.faults.clear();
    await stripe.subscriptionSchedules.release(idOf(schedule) ?? '');
    await expectProblemLater(clock, send, 'needs-review');
    expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull();
  });

  it('finds a change at once that Stripe makes late, although the Dashboard has scheduled another', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const key = { 'idempotency-key': 'change-that-is-late' };
    const next = await price(3000);
    const send = () => change({ paymentID, ...one(next) }, key);
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expectProblem(await send(), 'outcome-unknown');
    await stripe.subscriptionSchedules.create({ from_subscription: id });
    expect((await send()).body.retryable).toBe(true);
    sandbox.faults.clear();
    const priceNow = async () => (await stripe.subscriptions.retrieve(id)).items.data[0]?.price.id;
    await expect.poll(priceNow).toBe(next);
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await send()).status).toBe(200);
  });

  it('finds a change at once that the Dashboard has changed since', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    invoicesOf,
    clock,
  }) => {
    const { paymentID, old, id } = await start();
    const next = await price(3000);
    const key = { 'idempotency-key': 'change-changed-since' };
    const send = () => change({ paymentID, ...one(next) }, key);
    const path = `/v1/subscriptions/${id}`;
    await sendDuringFault({ sandbox }, { method: 'POST', path, kinds: ['reset_after_effect'] }, send);
    const { items } = await stripe.subscriptions.retrieve(id);
    const back = [{ id: items.data[0]?.id ?? '', price: old }];
    await stripe.subscriptions.update(id, { items: back, proration_behavior: 'none' });
    clock.moveSeconds(DAY_SECONDS);
    await expect.poll(async () => (await send()).status).toBe(200);
    expect(await invoicesOf(id)).toHaveLength(2);
  });

  it('needs a review if nobody can tell whether it was made', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const next = await price(3000);
    const key = { 'idempotency-key': 'change-nobody-can-tell' };
    const send = () => change({ paymentID, ...one(next) }, key);
    const path = `/v1/subscriptions/${id}`;
    await sendDuringFault({ sandbox }, { method: 'POST', path, kinds: ['reset_before_effect'] }, send);
    await stripe.subscriptions.update(id, { metadata: { paydesk_change_id: 'of another change' } });
    await expectProblemLater(clock, send, 'needs-review');
    expect((await change({ paymentID, ...one(next) })).status).toBe(200);
  });

  it('needs a review if it was made, and the id from before was put back', async ({
    paydesk: { sandbox, stripe },
    shop,
    start,
    change,
    price,
    clock,
  }) => {
    const next = await price(3000);
    const changed = await start();
    const sendChange = () =>
      change({ paymentID: changed.paymentID, ...one(next) }, { 'idempotency-key': 'change-without-id' });
    const paused = await start();
    const sendPause = () =>
      shop.post(
        '/pay/recurrent/pause',
        { paymentID: paused.paymentID },
        { 'idempotency-key': 'pause-without-id' },
      );
    const path = '/v1/subscriptions/*';
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    expectProblem(await sendChange(), 'outcome-unknown');
    expectProblem(await sendPause(), 'outcome-unknown');
    sandbox.faults.clear();
    for (const { id } of [changed, paused])
      await stripe.subscriptions.update(id, { metadata: { paydesk_change_id: '' } });
    for (const send of [sendChange, sendPause]) {
      await expectProblemLater(clock, send, 'needs-review');
    }
  });

  it.for([
    [
      'is not taken for one of an earlier request with the same key',
      60,
      '/v1/subscription_schedules',
      'not-done',
    ],
    // Stripe has forgotten the key.
    ['needs a review if an earlier request with the same key has left its id', 2, SCHEDULE, 'needs-review'],
  ] as const)('%s', async ([title, days, path, slug], { paydesk, start, change, price, clock }) => {
    const { paymentID } = await start();
    const key = { 'idempotency-key': title.replaceAll(' ', '-') };
    const scheduleChange = (next: string) => change({ paymentID, ...one(next), at: 'endOfPeriod' }, key);
    expect((await scheduleChange(await price(2000))).status).toBe(200);
    clock.moveSeconds(days * DAY_SECONDS);
    await query(paydesk, FORGET_CHANGES);
    const next = await price(3000);
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'] });
    expectProblem(await scheduleChange(next), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await scheduleChange(next)).body.type).toBe(`urn:paydesk:${slug}`);
  });

  it('finds a change at the end of a period that is over by now', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const next = await price(2000);
    const send = () =>
      change({ paymentID, ...one(next), at: 'endOfPeriod' }, { 'idempotency-key': 'change-that-took-place' });
    const { items } = await stripe.subscriptions.retrieve(id);
    const endsInSeconds = (items.data[0]?.current_period_end ?? 0) - clock.now().getTime() / 1000;
    clock.moveSeconds(endsInSeconds - HOUR_SECONDS);
    const path = '/v1/subscription_schedules/*';
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    expectProblem(await send(), 'outcome-unknown');
    clock.moveSeconds(2 * HOUR_SECONDS);
    expect((await stripe.subscriptions.retrieve(id)).items.data).toMatchObject([{ price: { id: next } }]);
    sandbox.faults.clear();
    await expect.poll(async () => (await send()).status).toBe(200);
  });
});
