import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SystemClock } from '#core/clock.js';
import { BACKGROUND } from '#core/request-context.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { PacedStripe } from './paced.stripe.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A fifth of what Stripe allows: https://docs.stripe.com/rate-limits */
it.for([
  [`sk_test_${'x'.repeat(24)}`, 5],
  [`sk_live_${'x'.repeat(24)}`, 20],
] as const)('a backfill with the key %s reads %i objects a second', async ([key, perSecond]) => {
  const stripe = new PacedStripe(new StripeConnection(key, 'http://127.0.0.1:1'), new SystemClock());
  let count = 0;
  const read = () =>
    stripe.read(BACKGROUND, () => Promise.resolve({ object: 'refund', count: (count += 1) }));
  const reads = Promise.all(Array.from({ length: 3 * perSecond }, read));
  for (const seconds of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(seconds === 1 ? 0 : 1_000);
    expect(count).toBe(seconds * perSecond);
  }
  await reads;
});
