import { describe, expect } from 'vitest';
import type { FaultRule } from '#sandbox/faults/fault.js';
import { idOf } from '#stripe/id-of.js';
import { DAY_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { changesTest, one } from './subscription-changes-test.js';

/** Called with each request to Stripe, when it has had its effect and is not answered yet. */
let onCall: (call: string) => void = () => undefined;

const it = changesTest({ observe: ({ method, path }) => onCall(`${method} ${path}`) })
  /** Makes calls fail from the release of a schedule on. */
  .extend('afterRelease', ({ paydesk: { sandbox } }, { onCleanup }) => {
    onCleanup(() => {
      onCall = () => undefined;
    });
    return (fault: FaultRule) => {
      onCall = (call) => {
        if (call.endsWith('/release')) sandbox.faults.add(fault);
      };
    };
  });

describe('POST /pay/recurrent/change at the end of the period', () => {
  it('takes place with the next renewal', async ({ paydesk, shop, start, preview, change, price, clock }) => {
    const { paymentID, old, id } = await start();
    const next = await price(2000);
    const wanted = { paymentID, ...one(next), proration: 'none', at: 'endOfPeriod' };
    const { body: previewed } = await preview(wanted);
    const answer = await change(wanted);
    expect(answer.body.items).toMatchObject([{ priceId: old }]);
    expect(previewed).toMatchObject({
      amountDue: '0.00',
      next: { amountDue: '20.00', at: answer.body.currentPeriodEnd },
    });
    clock.moveSeconds(27 * DAY_SECONDS);
    const { items, latest_invoice: invoice } = await paydesk.stripe.subscriptions.retrieve(id);
    expect(items.data).toMatchObject([{ price: { id: next } }]);
    expect(await paydesk.stripe.invoices.retrieve(idOf(invoice) ?? '')).toMatchObject({ total: 2000 });
    await paydesk.walkEvents();
    expect((await shop.get(`/pay/subscriptions/${id}`)).body.subscriptionID).toBe(id);
  });

  it('takes place with the next renewal also for an amount without a Price', async ({
    shop,
    change,
    price,
  }) => {
    const started = await shop.post('/pay/recurrent', { ...redirects, amount: '5.00', interval: 'month' });
    await payOnPage(started.body.redirectToUrl);
    const { paymentID } = started.body;
    const answer = await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    expect(answer).toMatchObject({ status: 200, body: { items: [{ unitAmount: '5.00' }] } });
  });

  it('takes the place of a scheduled change, and can take it back', async ({
    paydesk,
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, old, id } = await start();
    const later = { proration: 'none', at: 'endOfPeriod' };
    expect((await change({ paymentID, ...one(await price(2000)), ...later })).status).toBe(200);
    expect((await change({ paymentID, ...one(await price(2500)), ...later })).status).toBe(200);
    expect((await change({ paymentID, ...one(old) })).status).toBe(200);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
    clock.moveSeconds(27 * DAY_SECONDS);
    expect((await paydesk.stripe.subscriptions.retrieve(id)).items.data).toMatchObject([
      { price: { id: old } },
    ]);
  });

  it('is taken back by a cancellation', async ({ paydesk, shop, start, change, price }) => {
    const { paymentID, id } = await start();
    await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    const cancelled = await shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'endOfPeriod' });
    expect(cancelled.status).toBe(200);
    expect(await paydesk.stripe.subscriptions.retrieve(id)).toMatchObject({
      cancel_at_period_end: true,
      schedule: null,
    });
    expectProblem(await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' }), 'invalid-state');
  });

  it('is taken back by a cancellation also if Stripe can not show it at first', async ({
    paydesk: { sandbox, stripe },
    shop,
    start,
    change,
    price,
  }) => {
    const { paymentID, id } = await start();
    await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    const path = '/v1/subscription_schedules/*';
    sandbox.faults.add({ method: 'GET', path, kinds: ['error_before_effect'], share: 1 });
    const key = { 'idempotency-key': 'cancel-a-hidden-schedule' };
    const end = { paymentID, cancelType: 'endOfPeriod' };
    const cancel = () => shop.post('/pay/recurrent/expire', end, key);
    expectProblem(await cancel(), 'outcome-unknown');
    sandbox.faults.clear();
    await expect.poll(async () => (await cancel()).status).toBe(200);
    const ended = { cancel_at_period_end: true, schedule: null };
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject(ended);
  });

  it('is taken back also by a cancellation that Stripe then refuses, and the caller is told', async ({
    paydesk: { stripe },
    shop,
    start,
    change,
    price,
    afterRelease,
  }) => {
    const { paymentID, id } = await start();
    await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    const error = { type: 'invalid_request_error', status: 400 } as const;
    afterRelease({ method: 'POST', path: `/v1/subscriptions/${id}`, kinds: ['refuse'], error });
    const end = { paymentID, cancelType: 'endOfPeriod' };
    const cancel = () => shop.post('/pay/recurrent/expire', end, { 'idempotency-key': 'cancel-half-done' });
    const refused = await cancel();
    expectProblem(refused, 'provider-refused');
    expect(refused.body).toMatchObject({ scheduleReleased: true });
    expect((await cancel()).body).toMatchObject({ scheduleReleased: true });
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      cancel_at_period_end: false,
      schedule: null,
    });
  });

  it.for([
    ['reset_before_effect', 'outcome-unknown'],
    ['lock_timeout', 'provider-busy'],
  ] as const)(
    'is not told to be taken back by a cancellation that may still be made after a %s',
    async ([kind, problem], { paydesk: { sandbox, stripe }, shop, start, change, price, afterRelease }) => {
      const { paymentID, id } = await start();
      await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
      afterRelease({ method: 'POST', path: `/v1/subscriptions/${id}`, kinds: [kind], share: 1 });
      const key = { 'idempotency-key': `cancel-after-${kind}` };
      const end = { paymentID, cancelType: 'endOfPeriod' };
      const answer = await shop.post('/pay/recurrent/expire', end, key);
      expectProblem(answer, problem);
      expect(answer.body).not.toHaveProperty('scheduleReleased');
      expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull();
      sandbox.faults.clear();
    },
  );

  it('leaves a schedule of the Dashboard alone', async ({ paydesk, start, change, price }) => {
    const { paymentID, old, id } = await start();
    const { id: schedule, phases } = await paydesk.stripe.subscriptionSchedules.create({
      from_subscription: id,
    });
    const { start_date, end_date = 0 } = phases[0] ?? {};
    const next = { items: [{ price: await price(5000) }], duration: { interval: 'month' as const } };
    await paydesk.stripe.subscriptionSchedules.update(schedule, {
      phases: [{ start_date: start_date ?? 0, end_date, items: [{ price: old }] }, next],
    });
    for (const at of ['now', 'endOfPeriod']) {
      const answer = await change({ paymentID, ...one(await price(2000)), at });
      expectProblem(answer, 'subscription-scheduled');
    }
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBe(schedule);
  });

  it('schedules once if the answer to the first call is lost', async ({ paydesk, start, change, price }) => {
    const { paymentID, id } = await start();
    const path = '/v1/subscription_schedules';
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    const key = { 'idempotency-key': 'change-whose-first-answer-is-lost' };
    const wanted = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
    expectProblem(await change(wanted, key), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    expect((await change(wanted, key)).status).toBe(200);
    const { schedule } = await paydesk.stripe.subscriptions.retrieve(id);
    const { phases, metadata } = await paydesk.stripe.subscriptionSchedules.retrieve(idOf(schedule) ?? '');
    expect(phases).toHaveLength(2);
    expect(metadata?.['operation_id']).toBeDefined();
  });

  it('is refused for good once the Dashboard has scheduled something else', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const key = { 'idempotency-key': 'change-after-the-dashboard' };
    const wanted = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
    const path = '/v1/subscription_schedules';
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], times: 9 });
    expect((await change(wanted, key)).status).toBeGreaterThanOrEqual(500);
    sandbox.faults.clear();
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    // The first attempt may have made a schedule.
    expectProblem(await change(wanted, key), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect
      .poll(async () => (await change(wanted, key)).body.type)
      .toBe('urn:paydesk:subscription-scheduled');
    await stripe.subscriptionSchedules.release(schedule);
    expectProblem(await change(wanted, key), 'subscription-scheduled');
    expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull();
  });

  it('takes over a schedule that an attempt has left empty', async ({ paydesk, start, change, price }) => {
    const { paymentID, id } = await start();
    const next = await price(2000);
    const { id: left } = await paydesk.stripe.subscriptionSchedules.create({ from_subscription: id });
    const answer = await change({ paymentID, ...one(next), at: 'endOfPeriod' });
    expect(answer.status).toBe(200);
    expect((await paydesk.stripe.subscriptionSchedules.retrieve(left)).phases[1]?.items).toMatchObject([
      { price: next },
    ]);
  });

  it('leaves no schedule behind if Stripe refuses the change', async ({ paydesk, start, change, price }) => {
    const { paymentID, id } = await start();
    const path = '/v1/subscription_schedules/*';
    const error = { type: 'invalid_request_error', status: 400 } as const;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['refuse'], error });
    const answer = await change({ paymentID, ...one(await price(2000)), at: 'endOfPeriod' });
    expectProblem(answer, 'invalid-state');
    expect((await paydesk.stripe.subscriptions.retrieve(id)).schedule).toBeNull();
  });

  it('makes two changes at once one after the other', async ({ paydesk, start, change, price }) => {
    const { paymentID, id } = await start();
    const prices = [await price(2000), await price(3000)];
    const scheduleChange = (next: string) => change({ paymentID, ...one(next), at: 'endOfPeriod' });
    const answers = await Promise.all(prices.map(scheduleChange));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeLessThan(2);
    for (const answer of refused) expectProblem(answer, 'in-progress');
    for (const next of prices) expect((await scheduleChange(next)).status).toBe(200);
    const { schedule } = await paydesk.stripe.subscriptions.retrieve(id);
    const { phases } = await paydesk.stripe.subscriptionSchedules.retrieve(idOf(schedule) ?? '');
    expect(phases).toHaveLength(2);
    expect(phases[1]?.items[0]?.price).toBe(prices[1]);
  });

  it('waits for a change at once that has no outcome, and so does not undo it', async ({
    paydesk: { sandbox, stripe },
    shop,
    start,
    change,
    price,
  }) => {
    const { paymentID, id } = await start();
    const bought = { paymentID, ...one(await price(3000)) };
    const key = { 'idempotency-key': 'change-before-a-later-one' };
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await change(bought, key), 'outcome-unknown');
    const later = { paymentID, ...one(await price(2000)), at: 'endOfPeriod' };
    expectProblem(await change(later), 'in-progress');
    const end = { paymentID, cancelType: 'endOfPeriod' };
    expectProblem(await shop.post('/pay/recurrent/expire', end), 'in-progress');
    expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull();
    sandbox.faults.clear();
    await expect.poll(async () => (await change(bought, key)).status).toBe(200);
    expect((await change(later)).status).toBe(200);
  });

  it('refuses a change at once that waits while the Dashboard schedules another', async ({
    paydesk: { sandbox, stripe },
    start,
    change,
    price,
    invoicesOf,
    clock,
  }) => {
    const { paymentID, old, id } = await start();
    const before = await invoicesOf(id);
    const key = { 'idempotency-key': 'change-after-a-schedule' };
    const wanted = { paymentID, ...one(await price(3000)) };
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_before_effect'], share: 1 });
    expectProblem(await change(wanted, key), 'outcome-unknown');
    const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: id });
    await stripe.subscriptionSchedules.update(schedule, { end_behavior: 'cancel' });
    sandbox.faults.clear();
    expectProblem(await change(wanted, key), 'outcome-unknown');
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await change(wanted, key)).body.type).toBe('urn:paydesk:invalid-state');
    const { items } = await stripe.subscriptions.retrieve(id);
    expect(items.data).toMatchObject([{ price: { id: old } }]);
    expect(await invoicesOf(id)).toEqual(before);
  });

  it('does not schedule a change that would end a trial or a discount', async ({
    paydesk: { stripe },
    start,
    change,
    price,
    clock,
  }) => {
    const { paymentID, id } = await start();
    const wanted = { paymentID, ...one(await price(2000)), proration: 'none', at: 'endOfPeriod' };
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] });
    expectProblem(await change(wanted), 'invalid-state');
    const trialEnd = Math.floor(clock.now().getTime() / 1000) + DAY_SECONDS;
    await stripe.subscriptions.update(id, { discounts: '', trial_end: trialEnd, proration_behavior: 'none' });
    expectProblem(await change(wanted), 'invalid-state');
  });
});
