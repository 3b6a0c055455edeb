import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { createSubscription } from '../entities/subscription-create.js';
import { cancelSubscription, updateSubscription } from '../entities/subscription-update.js';
import { hasEnded } from '../entities/subscription.js';
import { collectionParams, isWithin, listPage } from '../http/lists.js';
import { fromPath } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import {
  array,
  boolean,
  integer,
  object,
  oneOf,
  range,
  required,
  string,
  timestamp,
  timestampOr,
  unsettable,
} from '../http/params.js';
import { route, type Route } from '../http/route.js';
import { recurringInlineParams } from './prices.js';

export const newItemParams = {
  metadata: metadata(),
  price: string(),
  price_data: object(recurringInlineParams),
  quantity: integer({ min: 0 }),
};
const paymentBehavior = oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete');
const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none');
const cancellationDetails = object({
  comment: unsettable(string()),
  feedback: unsettable(
    oneOf(
      'customer_service',
      'low_quality',
      'missing_features',
      'other',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
    ),
  ),
});

/** Source: https://docs.stripe.com/api/subscriptions/create. */
export const createParams = {
  billing_cycle_anchor: timestamp(),
  cancel_at: timestampOr('min_period_end', 'max_period_end'),
  cancel_at_period_end: boolean(),
  collection_method: oneOf('charge_automatically'),
  customer: required(string()),
  default_payment_method: string(),
  description: string({ maxLength: 500 }),
  items: required(array(object(newItemParams))),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehavior,
  payment_settings: object({ save_default_payment_method: oneOf('off', 'on_subscription') }),
  proration_behavior: prorationBehavior,
  trial_end: timestampOr('now'),
  trial_period_days: integer({ min: 0, max: 730 }),
};

/** Source: https://docs.stripe.com/api/subscriptions/update. */
export const updateParams = {
  billing_cycle_anchor: object({ type: required(oneOf('now', 'unchanged')) }),
  cancel_at: unsettable(timestampOr('min_period_end', 'max_period_end')),
  cancel_at_period_end: boolean(),
  cancellation_details: cancellationDetails,
  default_payment_method: string(),
  description: unsettable(string({ maxLength: 500 })),
  items: array(object({ ...newItemParams, deleted: boolean(), id: string() })),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: timestamp(),
  trial_end: timestampOr('now'),
};

/** Source: https://docs.stripe.com/api/subscriptions/cancel. */
export const cancelParams = {
  cancellation_details: cancellationDetails,
  invoice_now: boolean(),
  prorate: boolean(),
};

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
      // Those on test clocks are listed only by their clock or customer.
      const test_clock = params.test_clock ?? (customer === undefined ? null : undefined);
      const { subscriptions } = ctx.store;
      return listPage(subscriptions, params, {
        url: '/v1/subscriptions',
        where: { customer, collection_method, test_clock, price },
        among: { status: subscriptions.valuesOf('status').filter((each) => isOf(each, status)) },
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
    handle: ({ ctx, path }) => subscriptionIn(ctx, path.id),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateSubscription(ctx, subscriptionIn(ctx, path.id), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/subscriptions/:id',
    params: cancelParams,
    handle: ({ ctx, params, path }) => cancelSubscription(ctx, subscriptionIn(ctx, path.id), params),
  }),
];

const subscriptionIn = (ctx: Context, id: string): Stripe.Subscription =>
  fromPath(ctx.store.subscriptions, id);

/** Without a status those that go on: https://docs.stripe.com/api/subscriptions/list. */
function isOf(status: Stripe.Subscription.Status, wanted: (typeof STATUSES)[number] | undefined): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'ended') return hasEnded({ status });
  return wanted === undefined ? !hasEnded({ status }) : status === wanted;
}
