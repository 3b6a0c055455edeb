import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { readOlderRedemptions, readRedemptions, type Redemption } from '../discounts/redemption.js';
import { requireOwnPaymentMethod } from '../payment-methods/payment-method.js';
import { periodAt, type Recurrence } from './billing-period.js';
import { readItems } from './items.js';
import type { createParams } from './params.js';
import { startSubscription } from './start.js';
import { requireSubscriber } from './subscription.js';
import { trialEndAfter } from './trial.js';

/**
 * Creates a subscription from the parameters of a request. Source: https://docs.stripe.com/api/subscriptions/create.
 * @throws StripeFailure as `startSubscription`, and 400 for parameters that do not go together
 */
export function createSubscription(ctx: Context, params: Params<typeof createParams>): Stripe.Subscription {
  const items = readItems(ctx, params.items, params.customer);
  if (items.length === 0) throw failures.missing('items');
  const { id: customer } = requireSubscriber(ctx, params.customer, items[0]!.price.currency);
  if (params.cancel_at !== undefined && params.cancel_at_period_end) {
    throw failures.exclusive('cancel_at', 'cancel_at_period_end');
  }
  const now = ctx.now(customer);
  if (typeof params.cancel_at === 'number') requireFuture(params.cancel_at, now, 'cancel_at');
  return startSubscription(ctx, {
    customer,
    items,
    behavior: params.payment_behavior ?? 'allow_incomplete',
    billing_mode: params.billing_mode,
    offSession: params.off_session,
    default_payment_method: requireOwnPaymentMethod(
      ctx,
      customer,
      params.default_payment_method,
      'default_payment_method',
    ),
    description: params.description ?? null,
    metadata: params.metadata,
    redemptions: redemptionsFrom(ctx, params, items[0]!.price.currency),
    trialEnd: readTrialEnd(params, now),
    anchor: readAnchor(
      params,
      items.map(({ price }) => price.recurring!),
      now,
    ),
    prorates: params.proration_behavior !== 'none',
    cancel_at: params.cancel_at ?? null,
    cancel_at_period_end: params.cancel_at_period_end,
    payment_settings: params.payment_settings,
  });
}

/** The redemptions that a request asks for, in today's or the older parameters. */
function redemptionsFrom(
  ctx: Context,
  params: Params<typeof createParams>,
  currency: string,
): Redemption[] | undefined {
  const redeemer = { customer: params.customer, currency };
  return readRedemptions(ctx, params.discounts, redeemer) ?? readOlderRedemptions(ctx, params, redeemer);
}

/** @throws StripeFailure 400 for a time that is not in the future */
export function requireFuture(at: number, now: number, param: string): void {
  if (at > now) return;
  throw failures.invalidRequest(
    `Invalid timestamp: ${param} must be an integer Unix timestamp in the future.`,
    { param },
  );
}

/** Source: https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions. */
function readAnchor(
  { billing_cycle_anchor: at, ...params }: Params<typeof createParams>,
  intervals: readonly Recurrence[],
  now: number,
): number | undefined {
  if (at === undefined) return undefined;
  const param = 'billing_cycle_anchor';
  for (const trial of ['trial_end', 'trial_period_days'] as const) {
    if (params[trial] !== undefined) throw failures.exclusive(param, trial);
  }
  requireFuture(at, now, param);
  const end = Math.min(...intervals.map((interval) => periodAt(now, interval, now).end));
  if (at > end) {
    throw failures.invalidRequest(
      `billing_cycle_anchor cannot be later than next natural billing date (${end}) for plan`,
      { param },
    );
  }
  return at;
}

function readTrialEnd(
  { trial_end, trial_period_days }: Pick<Params<typeof createParams>, 'trial_end' | 'trial_period_days'>,
  now: number,
): number | null {
  if (trial_end !== undefined && trial_period_days !== undefined) {
    throw failures.exclusive('trial_end', 'trial_period_days');
  }
  if (trial_period_days) return trialEndAfter(now, trial_period_days);
  if (trial_end === undefined || trial_end === 'now') return null;
  requireFuture(trial_end, now, 'trial_end');
  return trial_end;
}
