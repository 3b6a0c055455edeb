import type Stripe from 'stripe';

/** The plan that Stripe still shows for a recurring price. Source: https://docs.stripe.com/api/plans/object. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  const { interval, interval_count, trial_period_days } = price.recurring!;
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days,
    usage_type: 'licensed',
  };
}
