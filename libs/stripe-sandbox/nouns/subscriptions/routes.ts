import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, isWithin, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { oneOf, range, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createSubscription } from './create.js';
import { cancelParams, createParams, migrateParams, resumeParams, updateParams } from './params.js';
import { resumeSubscription } from './resume.js';
import { hasEnded } from './subscription.js';
import { cancelSubscription, migrateSubscription, updateSubscription } from './update.js';

const STATUSES = [
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const;

export const subscriptionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/subscriptions',
    params: createParams,
    handle: ({ ctx, params }) => createSubscription(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions',
    params: {
      ...collectionParams,
      collection_method: oneOf('charge_automatically', 'send_invoice'),
      current_period_end: range(),
      current_period_start: range(),
      customer: string(),
      price: string(),
      status: oneOf(...STATUSES),
      test_clock: string(),
    },
    handle: ({ ctx, params }) => {
      const { customer, collection_method, status, price } = params;
      // Subscriptions on test clocks are listed only by their clock or customer.
      const test_clock = params.test_clock ?? (customer === undefined ? null : undefined);
      const { subscriptions } = ctx.store;
      return listPage(subscriptions, params, {
        url: '/v1/subscriptions',
        where: { customer, collection_method, test_clock, price },
        among: { status: subscriptions.valuesOf('status').filter((each) => matchesStatus(each, status)) },
        filter: ({ items }) =>
          items.data.some(
            (item) =>
              isWithin(item.current_period_end, params.current_period_end) &&
              isWithin(item.current_period_start, params.current_period_start),
          ),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions/:id',
    params: {},
    handle: ({ ctx, path }) => subscriptionFromPath(ctx, path.id),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateSubscription(ctx, subscriptionFromPath(ctx, path.id), params),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/migrate',
    params: migrateParams,
    handle: ({ ctx, params, path }) => migrateSubscription(ctx, subscriptionFromPath(ctx, path.id), params),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/resume',
    params: resumeParams,
    handle: ({ ctx, path }) => resumeSubscription(ctx, subscriptionFromPath(ctx, path.id)),
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscriptions/:id',
    params: cancelParams,
    handle: ({ ctx, params, path }) => cancelSubscription(ctx, subscriptionFromPath(ctx, path.id), params),
  }),
];

const subscriptionFromPath = (ctx: Context, id: string): Stripe.Subscription =>
  fromPath(ctx.store.subscriptions, id);

/** Without a filter only running subscriptions match. Source: https://docs.stripe.com/api/subscriptions/list. */
function matchesStatus(
  status: Stripe.Subscription.Status,
  filter: (typeof STATUSES)[number] | undefined,
): boolean {
  if (filter === 'all') return true;
  if (filter === 'ended') return hasEnded({ status });
  return filter === undefined ? !hasEnded({ status }) : status === filter;
}
