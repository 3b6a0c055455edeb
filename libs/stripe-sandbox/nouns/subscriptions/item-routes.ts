import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { listParams, pageOf } from '../../http/lists.js';
import { fromParam, fromPath, notFound } from '../../http/lookup.js';
import { required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { newItemParams, updateParams as subscriptionParams } from './params.js';
import { updateSubscription } from './update.js';

const { off_session, payment_behavior, proration_behavior, proration_date } = subscriptionParams;
const changeParams = { payment_behavior, proration_behavior, proration_date };

/** Each change of an item updates its subscription. Source: https://docs.stripe.com/api/subscription_items. */
export const subscriptionItemRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/subscription_items',
    params: { ...listParams, subscription: required(string()) },
    handle: ({ ctx, params }) => {
      const { items } = fromParam(ctx.store.subscriptions, params.subscription, 'subscription');
      return pageOf(items.data, params, '/v1/subscription_items');
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_items',
    params: { ...newItemParams, ...changeParams, subscription: required(string()) },
    handle: ({
      ctx,
      params: { subscription, discounts, metadata, plan, price, price_data, quantity, ...rest },
    }) => {
      const before = fromParam(ctx.store.subscriptions, subscription, 'subscription');
      const items = [{ discounts, metadata, plan, price, price_data, quantity }];
      return updateSubscription(ctx, before, { ...rest, items }).items.data.at(-1)!;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscription_items/:item',
    params: {},
    handle: ({ ctx, path }) => itemFromPath(ctx, path.item).item,
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_items/:item',
    params: { ...newItemParams, ...changeParams, off_session },
    handle: ({ ctx, params: { discounts, metadata, plan, price, price_data, quantity, ...rest }, path }) => {
      const { subscription, item } = itemFromPath(ctx, path.item);
      const items = [{ id: item.id, discounts, metadata, plan, price, price_data, quantity }];
      updateSubscription(ctx, subscription, { ...rest, items });
      return itemFromPath(ctx, path.item).item;
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscription_items/:item',
    params: changeParams,
    handle: ({ ctx, params, path }) => {
      const { subscription, item } = itemFromPath(ctx, path.item);
      updateSubscription(ctx, subscription, { ...params, items: [{ id: item.id, deleted: true }] });
      return { id: item.id, object: 'subscription_item', deleted: true };
    },
  }),
];

function itemFromPath(
  ctx: Context,
  id: string,
): { subscription: Stripe.Subscription; item: Stripe.SubscriptionItem } {
  const owner = fromPath(ctx.store.itemOwners, id);
  const subscription = ctx.store.subscriptions.get(owner.subscription)!;
  const item = subscription.items.data.find((each) => each.id === id);
  return item ? { subscription, item } : notFound(ctx.store.itemOwners, id);
}
