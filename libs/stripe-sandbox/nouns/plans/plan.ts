import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { createPrice } from '../prices/price.js';
import type { createParams } from './params.js';

/**
 * Creates a recurring price with an id of its own or a chosen one. Source: https://docs.stripe.com/api/plans/create.
 * @throws StripeFailure 400 for an id that is taken, an unknown product, or a missing amount
 */
export function createPlan(ctx: Context, params: Params<typeof createParams>): Stripe.Plan {
  const { id = newId('plan'), amount, amount_decimal, interval, interval_count, trial_period_days } = params;
  const { active, currency, metadata, nickname, product } = params;
  if (ctx.store.prices.get(id)) {
    throw failures.invalidRequest('Plan already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  if (amount === undefined && amount_decimal === undefined) throw failures.missing('amount');
  if (amount !== undefined && amount_decimal !== undefined) {
    throw failures.exclusive('amount', 'amount_decimal');
  }
  const price = createPrice(
    ctx,
    {
      active,
      currency,
      metadata,
      nickname,
      product,
      unit_amount: amount,
      unit_amount_decimal: amount_decimal,
      recurring: { interval, interval_count, trial_period_days },
    },
    id,
  );
  const plan = planOf(price);
  ctx.emit('plan.created', plan);
  return plan;
}

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
