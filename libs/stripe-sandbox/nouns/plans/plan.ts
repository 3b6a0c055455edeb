import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { planOf } from '../prices/plan.js';
import { createPrice, updatePrice } from '../prices/price.js';
import type { createParams, updateParams } from './params.js';

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
      ...(typeof product === 'string' ? { product } : { product_data: product }),
      unit_amount: amount,
      unit_amount_decimal: amount_decimal,
      recurring: { interval, interval_count, trial_period_days },
    },
    id,
  );
  return planOf(price);
}

/**
 * Changes a plan, and the price that it is. Source: https://docs.stripe.com/api/plans/update.
 * @throws StripeFailure 400 for archiving a default price
 */
export function updatePlan(
  ctx: Context,
  before: Stripe.Price,
  params: Params<typeof updateParams>,
): Stripe.Plan {
  return planOf(updatePrice(ctx, before, params));
}

/** Removes a plan; subscriptions keep it. Source: https://docs.stripe.com/api/plans/delete. */
export function deletePlan(ctx: Context, price: Stripe.Price): Stripe.DeletedPlan {
  ctx.store.prices.remove(price.id);
  ctx.emit('plan.deleted', planOf(price));
  ctx.emit('price.deleted', price);
  return { id: price.id, object: 'plan', deleted: true };
}
