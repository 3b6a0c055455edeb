import { expect, test } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf } from './support.js';

const START = at('2026-11-01');

/** A subscription at $10 a month that moves to another price when its period ends. */
async function openChange(next: { unit_amount: number; interval?: string }) {
  const club = await openClub();
  const { stripe, price, subscribe } = club;
  const { id: subscription } = await subscribe();
  const other = await priceOf(stripe, next.unit_amount, { interval: next.interval ?? 'month' });
  const { id } = await stripe.subscriptionSchedules.create({ from_subscription: subscription });
  const schedule = await stripe.subscriptionSchedules.update(id, {
    phases: [
      { items: [{ price: price.id, quantity: 1 }], start_date: START, end_date: at('2026-12-01') },
      { items: [{ price: other.id, quantity: 1 }], duration: { interval: 'month', interval_count: 2 } },
    ],
  });
  const current = () => stripe.subscriptions.retrieve(subscription);
  const again = () => stripe.subscriptionSchedules.retrieve(id);
  return { ...club, subscription, other, schedule, current, again };
}

// https://docs.stripe.com/api/subscription_schedules/create
test('a schedule begins its subscription at once', async () => {
  const { stripe, customer, price } = await openClub();
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    end_behavior: 'release',
    phases: [
      { items: [{ price: price.id, quantity: 2 }], duration: { interval: 'month', interval_count: 3 } },
    ],
  });
  expect(schedule).toMatchObject({
    id: expect.stringMatching(/^sub_sched_1[A-Za-z0-9]{23}$/),
    object: 'subscription_schedule',
    canceled_at: null,
    completed_at: null,
    created: START,
    current_phase: { start_date: START, end_date: at('2027-02-01') },
    customer,
    default_settings: { billing_cycle_anchor: 'automatic', collection_method: 'charge_automatically' },
    end_behavior: 'release',
    released_subscription: null,
    status: 'active',
  });
  expect(schedule.phases).toMatchObject([
    {
      currency: 'usd',
      start_date: START,
      end_date: at('2027-02-01'),
      items: [{ price: price.id, plan: price.id, quantity: 2 }],
      proration_behavior: 'create_prorations',
    },
  ]);
  expect(await stripe.subscriptions.retrieve(schedule.subscription as string)).toMatchObject({
    schedule: schedule.id,
    status: 'active',
    items: { data: [{ quantity: 2 }] },
  });
});

test('a schedule that begins later has no subscription before', async () => {
  const { stripe, customer, price, wait } = await openClub();
  const { id, ...created } = await stripe.subscriptionSchedules.create({
    customer,
    start_date: at('2026-11-11'),
    phases: [{ items: [{ price: price.id }], iterations: 2 } as never],
  });
  expect(created).toMatchObject({ status: 'not_started', subscription: null, current_phase: null });
  wait(10);
  const begun = await stripe.subscriptionSchedules.retrieve(id);
  expect(begun).toMatchObject({
    status: 'active',
    current_phase: { start_date: at('2026-11-11'), end_date: at('2027-01-11') },
  });
  const subscription = await stripe.subscriptions.retrieve(begun.subscription as string);
  expect(subscription).toMatchObject({ status: 'active', schedule: id });
});

test('a schedule of a subscription has its current period as its phase', async () => {
  const { stripe, price, subscribe } = await openClub();
  const { id: subscription } = await subscribe();
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription });
  expect(schedule).toMatchObject({
    status: 'active',
    subscription,
    current_phase: { start_date: START, end_date: at('2026-12-01') },
    phases: [{ items: [{ price: price.id, quantity: 1 }] }],
  });
  expect((await stripe.subscriptions.retrieve(subscription)).schedule).toBe(schedule.id);
  const again = stripe.subscriptionSchedules.create({ from_subscription: subscription });
  expect(await failureOf(again)).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining(schedule.id),
  });
});

test('the next phase is billed from its beginning, and the end releases the subscription', async () => {
  const { other, subscription, current, again, invoices, wait } = await openChange({ unit_amount: 3000 });
  wait(31);
  expect(await current()).toMatchObject({
    items: { data: [{ price: { id: other.id }, current_period_start: at('2026-12-01') }] },
  });
  expect((await invoices(subscription)).map(({ total }) => total)).toEqual([3000, 1000]);
  expect((await again()).current_phase).toEqual({ start_date: at('2026-12-01'), end_date: at('2027-02-01') });
  wait(62);
  expect(await again()).toMatchObject({
    status: 'released',
    released_subscription: subscription,
    subscription: null,
    released_at: at('2027-02-01'),
  });
  expect(await current()).toMatchObject({ status: 'active', schedule: null });
  expect((await invoices(subscription)).map(({ total }) => total)).toEqual([3000, 3000, 3000, 1000]);
});

test('a subscription keeps its discounts under a schedule', async () => {
  const { stripe, subscribe, price, invoices, wait } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: 'forever' });
  const { id, discounts } = await subscribe({ discounts: [{ coupon }] });
  const { id: schedule, phases } = await stripe.subscriptionSchedules.create({ from_subscription: id });
  expect(phases[0]!.discounts).toEqual([{ coupon: null, discount: discounts[0], promotion_code: null }]);
  const item = { price: price.id, discounts: [{ coupon }] };
  const refused = stripe.subscriptionSchedules.update(schedule, { phases: [{ items: [item] }] });
  expect(await failureOf(refused)).toMatchObject({ code: 'parameter_unknown' });
  wait(31);
  expect((await invoices(id)).map(({ total }) => total)).toEqual([900, 900]);
});

test('a phase with another interval begins a new period', async () => {
  const { subscription, current, invoices, wait } = await openChange({
    unit_amount: 9000,
    interval: 'year',
  });
  wait(31);
  expect((await invoices(subscription)).map(({ total }) => total)).toEqual([9000, 1000]);
  expect((await current()).items.data[0]).toMatchObject({
    current_period_start: at('2026-12-01'),
    current_period_end: at('2027-12-01'),
  });
});

// https://docs.stripe.com/api/subscription_schedules/release
test('a release keeps the subscription, and a cancellation ends it', async () => {
  const { stripe, schedule, subscription, current } = await openChange({ unit_amount: 3000 });
  const released = await stripe.subscriptionSchedules.release(schedule.id);
  expect(released).toMatchObject({
    status: 'released',
    released_subscription: subscription,
    subscription: null,
  });
  expect(await current()).toMatchObject({ status: 'active', schedule: null });
  expect(await failureOf(stripe.subscriptionSchedules.cancel(schedule.id))).toMatchObject({
    statusCode: 400,
  });
  const { id } = await stripe.subscriptionSchedules.create({ from_subscription: subscription });
  expect((await stripe.subscriptionSchedules.cancel(id)).status).toBe('canceled');
  expect((await current()).status).toBe('canceled');
});

test('end_behavior cancel ends the subscription with the last phase', async () => {
  const { stripe, customer, price, wait } = await openClub();
  const { id, subscription } = await stripe.subscriptionSchedules.create({
    customer,
    end_behavior: 'cancel',
    phases: [{ items: [{ price: price.id }], duration: { interval: 'month', interval_count: 1 } }],
  });
  wait(31);
  expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({
    status: 'completed',
    completed_at: at('2026-12-01'),
  });
  const ended = await stripe.subscriptions.retrieve(subscription as string);
  expect(ended).toMatchObject({ status: 'canceled', ended_at: at('2026-12-01') });
  expect((await stripe.invoices.list({ subscription: ended.id })).data).toHaveLength(1);
});

test('a schedule decides when its subscription ends', async () => {
  const { stripe, schedule, subscription, again } = await openChange({ unit_amount: 3000 });
  expect(
    await failureOf(stripe.subscriptions.update(subscription, { cancel_at_period_end: true })),
  ).toMatchObject({
    statusCode: 400,
    message: `The subscription is managed by the subscription schedule \`${schedule.id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
  });
  await stripe.subscriptions.cancel(subscription);
  expect((await again()).status).toBe('canceled');
});

// https://docs.stripe.com/api/events/types#event_types-subscription_schedule.expiring: 7 days before
test('warns seven days before a schedule ends', async () => {
  const { stripe, customer, price, wait } = await openClub();
  const { id } = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: price.id }], duration: { interval: 'month', interval_count: 1 } },
      { items: [{ price: price.id, quantity: 2 }], duration: { interval: 'month', interval_count: 1 } },
    ],
  });
  const warnings = async () =>
    (await stripe.events.list({ type: 'subscription_schedule.expiring' })).data.map(({ created }) => created);
  wait(53);
  expect(await warnings()).toEqual([]);
  wait(1);
  expect(await warnings()).toEqual([at('2026-12-25')]);
  wait(8);
  expect(await warnings()).toHaveLength(1);
  expect((await stripe.subscriptionSchedules.retrieve(id)).status).toBe('released');
});

// https://docs.stripe.com/api/events/types#event_types-subscription_schedule.aborted
test('the schedule of a subscription that ends for want of payment is aborted', async () => {
  const { stripe, customer, subscription, again, wait } = await openChange({ unit_amount: 3000 });
  const { id } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe.subscriptions.update(subscription, { default_payment_method: id });
  wait(60);
  expect((await stripe.subscriptions.retrieve(subscription)).status).toBe('canceled');
  expect((await again()).status).toBe('canceled');
  const typesOf = async (type: string) => (await stripe.events.list({ type })).data.length;
  expect(await typesOf('subscription_schedule.aborted')).toBe(1);
  expect(await typesOf('subscription_schedule.canceled')).toBe(0);
});

test('a schedule begins its subscription in its billing mode', async () => {
  const { stripe, customer, price } = await openClub();
  const { billing_mode, subscription } = await stripe.subscriptionSchedules.create({
    billing_mode: { type: 'classic' },
    customer,
    start_date: 'now',
    phases: [{ items: [{ price: price.id }], duration: { interval: 'month' } }],
  });
  expect(billing_mode.type).toBe('classic');
  expect((await stripe.subscriptions.retrieve(subscription as string)).billing_mode.type).toBe('classic');
});
