import { failures } from '../../http/errors.js';
import { fromPath } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';
import type { Context } from '../../context.js';
import type Stripe from 'stripe';
import { endDiscount, toDeletedDiscount } from './discount.js';

/** Discounts can only be deleted; they are shown on what they are applied to. */
export const discountRoutes: Route[] = [
  route({
    method: 'DELETE',
    path: '/v1/customers/:customer/discount',
    params: {},
    handle: ({ ctx, path }) => {
      const { id, discount } = fromPath(ctx.store.customers, path.customer);
      return deleteDiscount(ctx, discount?.id, `customer: ${id}`);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscriptions/:id/discount',
    params: {},
    handle: ({ ctx, path }) => {
      const { id, discounts } = fromPath(ctx.store.subscriptions, path.id);
      return deleteDiscount(ctx, discounts[0] as string | undefined, `subscription: ${id}`);
    },
  }),
];

function deleteDiscount(ctx: Context, id: string | undefined, owner: string): Stripe.DeletedDiscount {
  if (id === undefined) {
    throw failures.invalidRequest(`No active discount for ${owner}`, {
      code: 'resource_missing',
      status: 404,
    });
  }
  const discount = ctx.store.discounts.get(id)!;
  endDiscount(ctx, id);
  return toDeletedDiscount(discount);
}
