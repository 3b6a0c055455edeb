import { test } from 'vitest';
import type { Clock } from '#core/clock.js';
import { ManualClock } from './manual-clock.js';
import { type PaydeskOptions, startPaydesk } from './paydesk.js';
import { startWithoutTimers } from './without-timers.js';

/** The options of one file's Paydesk. */
export interface PaydeskTestOptions extends Omit<PaydeskOptions, 'clock'> {
  /** Stops all timers: the worker runs and leases are renewed only if a test says so. */
  workerByHand?: boolean;
}

/**
 * A `test` for specs of one file, which share a Paydesk from the first test that uses it to the last:
 * - `paydesk`: the service over HTTP, its sandbox and its database; Stripe has no faults at the start of a test
 * - `clock`: the time of all of them, which passes only when a test moves it
 * - `partner`: the back end of the partner acme
 * - `shop`: an internal service
 *
 * Each file calls this, as Vitest cleans up what was extended in the file itself.
 */
export function paydeskTest(options: PaydeskTestOptions = {}) {
  return paydeskTestBy(() => new ManualClock(), options);
}

/** Does the same with a clock of another kind. */
export function paydeskTestBy<AnyClock extends Clock>(
  createClock: () => AnyClock,
  { workerByHand = false, ...options }: PaydeskTestOptions,
) {
  const start = workerByHand ? startWithoutTimers : startPaydesk;
  return test
    .extend('clock', { scope: 'file' }, createClock)
    .extend('paydesk', { scope: 'file' }, async ({ clock }, { onCleanup }) => {
      const paydesk = await start({ ...options, clock });
      onCleanup(() => paydesk.close());
      return paydesk;
    })
    .extend('partner', { scope: 'file' }, ({ paydesk }) => paydesk.partner('acme'))
    .extend('shop', { scope: 'file' }, ({ paydesk }) => paydesk.service())
    .extend('clearFaults', { auto: true }, ({ paydesk }, { onCleanup }) => {
      onCleanup(() => paydesk.sandbox.faults.clear());
    });
}
