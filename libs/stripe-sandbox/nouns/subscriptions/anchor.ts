import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { periodAt, type Recurrence } from './billing-period.js';
import type { createParams } from './params.js';

type AnchorParams = Pick<
  Params<typeof createParams>,
  'billing_cycle_anchor' | 'billing_cycle_anchor_config' | 'trial_end' | 'trial_period_days'
>;

/** @throws StripeFailure 400 for a time that is not in the future */
export function requireFuture(at: number, now: number, param: string): void {
  if (at > now) return;
  throw failures.invalidRequest(
    `Invalid timestamp: ${param} must be an integer Unix timestamp in the future.`,
    { param },
  );
}

/**
 * When the first full period of a new subscription begins, if that is not at once.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions.
 * @throws StripeFailure 400 for a time that is not in the first period, or in a trial
 */
export function readAnchor(
  { billing_cycle_anchor: given, billing_cycle_anchor_config: config, ...params }: AnchorParams,
  intervals: readonly Recurrence[],
  now: number,
): number | undefined {
  if (given !== undefined && config) {
    throw failures.exclusive('billing_cycle_anchor', 'billing_cycle_anchor_config');
  }
  const at = config ? anchorOf(config, now) : given;
  if (at === undefined) return undefined;
  const param = config ? 'billing_cycle_anchor_config' : 'billing_cycle_anchor';
  for (const trial of ['trial_end', 'trial_period_days'] as const) {
    if (params[trial] !== undefined) throw failures.exclusive(param, trial);
  }
  if (!config) requireFuture(at, now, param);
  const end = Math.min(...intervals.map((interval) => periodAt(now, interval, now).end));
  if (at <= end) return at;
  throw failures.invalidRequest(
    `billing_cycle_anchor cannot be later than next natural billing date (${end}) for plan`,
    { param },
  );
}

/** How a subscription shows the configuration of its anchor. */
export function anchorConfigFrom({
  billing_cycle_anchor_config: config,
}: AnchorParams): Stripe.Subscription.BillingCycleAnchorConfig | null {
  if (!config) return null;
  const { day_of_month, hour = null, minute = null, month = null, second = null } = config;
  return { day_of_month, hour, minute, month, second };
}

/** The next time that a configuration names, by default at the present time of day; the last day of a short month. */
function anchorOf(config: NonNullable<AnchorParams['billing_cycle_anchor_config']>, now: number): number {
  const present = DateTime.fromSeconds(now, { zone: 'utc' });
  const { hour = present.hour, minute = present.minute, second = present.second } = config;
  for (let months = 0; ; months += 1) {
    const month = present.startOf('month').plus({ months });
    const day = Math.min(config.day_of_month, month.daysInMonth!);
    const at = month.set({ day, hour, minute, second });
    if (at >= present && (config.month === undefined || month.month === config.month))
      return at.toUnixInteger();
  }
}
