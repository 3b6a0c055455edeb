import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
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
 * @throws StripeFailure 400 for archiving a default price, or another product once a subscription has the plan
 */
export function updatePlan(
  ctx: Context,
  before: Stripe.Price,
  { product, trial_period_days, ...params }: Params<typeof updateParams>,
): Stripe.Plan {
  if (product !== undefined) requireProductCanChange(ctx, before, product);
  const changes = {
    ...(product !== undefined && { product }),
    ...(trial_period_days !== undefined && { recurring: { ...before.recurring!, trial_period_days } }),
  };
  return planOf(updatePrice(ctx, before, params, changes));
}

function requireProductCanChange(
  { store }: Context,
  { id, product: old }: Stripe.Price,
  product: string,
): void {
  fromParam(store.products, product, 'product');
  const hasPlan = ({ items }: Stripe.Subscription): boolean =>
    items.data.some(({ price }) => price.id === id);
  if (product === old || ![...store.subscriptions.newestFirst()].some(hasPlan)) return;
  throw failures.invalidRequest('The product of a plan cannot be changed once a subscription has used it.', {
    param: 'product',
  });
}

/** Removes a plan; subscriptions keep it. Source: https://docs.stripe.com/api/plans/delete. */
export function deletePlan(ctx: Context, price: Stripe.Price): Stripe.DeletedPlan {
  ctx.store.prices.remove(price.id);
  ctx.emit('plan.deleted', planOf(price));
  ctx.emit('price.deleted', price);
  return { id: price.id, object: 'plan', deleted: true };
}
