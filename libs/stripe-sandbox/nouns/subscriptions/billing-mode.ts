import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { Params } from '../../http/params.js';
import { isSince } from '../../http/versions.js';
import type { createParams } from './params.js';

/** The first version whose subscriptions are flexible by default. */
const FLEXIBLE_BY_DEFAULT_SINCE = '2025-09-30';

type BillingModeParams = Params<typeof createParams>['billing_mode'];

/**
 * The billing mode of a new subscription; without parameters the default of the request's API version.
 * Source: https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible.
 */
export function billingModeFrom(
  ctx: Context,
  given: BillingModeParams,
  now: number,
): Stripe.Subscription.BillingMode {
  const isFlexibleDefault = isSince(ctx.cause.version, FLEXIBLE_BY_DEFAULT_SINCE);
  const type = given?.type ?? (isFlexibleDefault ? 'flexible' : 'classic');
  if (type === 'classic') return { flexible: null, type };
  return {
    flexible: { proration_discounts: given?.flexible?.proration_discounts ?? 'included' },
    type,
    updated_at: now,
  };
}

/** Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare. */
export const isFlexible = ({ billing_mode }: Pick<Stripe.Subscription, 'billing_mode'>): boolean =>
  billing_mode.type === 'flexible';
