import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { boolean, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { planOf } from '../prices/plan.js';
import { createParams, updateParams } from './params.js';
import { createPlan, deletePlan, updatePlan } from './plan.js';

/** Plans are recurring prices in an older form: https://docs.stripe.com/api/plans. */
export const planRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/plans',
    params: createParams,
    handle: ({ ctx, params }) => createPlan(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/plans',
    params: { ...collectionParams, active: boolean(), product: string() },
    handle: ({ ctx, params }) => {
      const { active, product } = params;
      const where = { active, product, type: 'recurring' as const };
      const page = listPage(ctx.store.prices, params, { url: '/v1/plans', where });
      return { ...page, data: page.data.map(planOf) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/plans/:plan',
    params: {},
    handle: ({ ctx, path }) => planOf(priceOfPlan(ctx, path.plan)),
  }),
  route({
    method: 'POST',
    path: '/v1/plans/:plan',
    params: updateParams,
    handle: ({ ctx, params, path }) => updatePlan(ctx, priceOfPlan(ctx, path.plan), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/plans/:plan',
    params: {},
    handle: ({ ctx, path }) => deletePlan(ctx, priceOfPlan(ctx, path.plan)),
  }),
];

/** @throws StripeFailure 404 for an id that is not a recurring price's */
function priceOfPlan(ctx: Context, id: string): Stripe.Price {
  const price = ctx.store.prices.get(id);
  if (!price?.recurring) throw failures.noSuch('plan', id, 'plan', 404);
  return price;
}
