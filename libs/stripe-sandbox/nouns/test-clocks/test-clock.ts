import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { deleteCustomer } from '../customers/customer.js';
import { hasEnded } from '../subscriptions/subscription.js';
import type { createParams } from './params.js';

type TestClock = Stripe.TestHelpers.TestClock;

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** Source: https://docs.stripe.com/api/test_clocks/create. */
export function createTestClock(ctx: Context, params: Params<typeof createParams>): TestClock {
  const { testClocks, customers } = ctx.store;
  const customer =
    params.customer === undefined ? undefined : fromParam(customers, params.customer, 'customer');
  const clock = testClocks.insert({
    id: newId('testClock'),
    object: 'test_helpers.test_clock',
    created: ctx.now(),
    deletes_after: ctx.now() + LIFETIME_SECONDS,
    frozen_time: params.frozen_time,
    livemode: false,
    name: params.name ?? null,
    status: 'ready',
    status_details: {},
  });
  if (customer) customers.update(customer.id, { test_clock: clock.id });
  schedule(ctx, 'testClocks', clock.id, { at: clock.deletes_after });
  ctx.emit('test_helpers.test_clock.created', clock);
  return clock;
}

/**
 * Starts to advance a clock. Its due tasks run before the next request.
 * Source: https://docs.stripe.com/api/test_clocks/advance.
 * @throws StripeFailure 400 for a time that is not in the clock's future, or too far in it
 */
export function advanceTestClock(ctx: Context, before: TestClock, target_frozen_time: number): TestClock {
  const param = 'frozen_time';
  if (target_frozen_time <= before.frozen_time) {
    throw failures.invalidRequest("The time must be after the test clock's current frozen time.", { param });
  }
  if (target_frozen_time > latestTarget(ctx, before)) {
    throw failures.invalidRequest(
      'The time cannot be more than two intervals in the future from the shortest subscription in this test clock, or than two years without one.',
      { param },
    );
  }
  const after = ctx.store.testClocks.update(before.id, {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time } },
  });
  ctx.emit('test_helpers.test_clock.advancing', after, before);
  return after;
}

/** Ends an advance, after all tasks due by then have run. */
export function finishAdvance(ctx: Context, before: TestClock, frozen_time: number): void {
  const after = ctx.store.testClocks.update(before.id, { frozen_time, status: 'ready', status_details: {} });
  ctx.emit('test_helpers.test_clock.ready', after, before);
}

/**
 * Deletes a clock and its customers.
 * Source: https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage#delete-clock.
 */
export function deleteTestClock(ctx: Context, clock: TestClock): Stripe.TestHelpers.DeletedTestClock {
  const { testClocks, customers, tasks } = ctx.store;
  const owned = [...customers.oldestFirst({ where: { test_clock: clock.id } })];
  for (const customer of owned) deleteCustomer(ctx, customer);
  const waiting = [...tasks.oldestFirst({ where: { clock: clock.id } })];
  for (const { id } of waiting) tasks.remove(id);
  schedule(ctx, 'testClocks', clock.id, { at: null });
  testClocks.remove(clock.id);
  ctx.emit('test_helpers.test_clock.deleted', clock);
  return { id: clock.id, object: 'test_helpers.test_clock', deleted: true };
}

/** Deletes a clock at its `deletes_after`. */
export function deleteExpiredTestClock(ctx: Context, id: string): void {
  const clock = ctx.store.testClocks.get(id);
  if (clock) deleteTestClock(ctx, clock);
}

/** The latest time that a clock can be advanced to, in Unix seconds. */
function latestTarget({ store }: Context, clock: TestClock): number {
  const from = DateTime.fromSeconds(clock.frozen_time, { zone: 'utc' });
  const limits: number[] = [];
  for (const { id: customer } of store.customers.oldestFirst({ where: { test_clock: clock.id } })) {
    for (const { status, items } of store.subscriptions.oldestFirst({ where: { customer } })) {
      if (hasEnded({ status })) continue;
      for (const { price } of items.data) {
        const { interval, interval_count } = price.recurring!;
        limits.push(from.plus({ [interval]: 2 * interval_count }).toUnixInteger());
      }
    }
  }
  return limits.length > 0 ? Math.min(...limits) : from.plus({ years: 2 }).toUnixInteger();
}
