import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { currencyParam } from '../currencies.js';
import { shippingParams } from '../entities/address.js';
import { linesOf } from '../entities/checkout-items.js';
import {
  createCheckoutSession,
  expireCheckoutSession,
  updateCheckoutSession,
} from '../entities/checkout-session.js';
import { collectionParams, listPage, listParams, pageOf } from '../http/lists.js';
import { fromPath } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import {
  array,
  boolean,
  email,
  integer,
  object,
  oneOf,
  removed,
  required,
  string,
  timestamp,
} from '../http/params.js';
import { route, type Route } from '../http/route.js';
import { statementDescriptor, statementDescriptorSuffix } from './intent-params.js';
import { inlineParams } from './prices.js';

export const lineItemParams = {
  metadata: metadata(),
  price: string(),
  price_data: object(inlineParams),
  quantity: integer({ min: 1, max: 999_999 }),
};

/**
 * Source: https://docs.stripe.com/api/checkout/sessions/create, for a hosted page that takes cards; from
 * endive on without `payment_method_types`:
 * https://docs.stripe.com/changelog/endive/2026-09-30/remove-payment-method-types-checkout-sessions.
 */
export const createParams = {
  allow_promotion_codes: boolean(),
  allowed_payment_method_types: array(string()),
  cancel_url: string(),
  client_reference_id: string({ maxLength: 200 }),
  currency: currencyParam(),
  customer: string(),
  customer_creation: oneOf('always', 'if_required'),
  customer_email: email({ maxLength: 800 }),
  excluded_payment_method_types: array(string()),
  expires_at: timestamp(),
  line_items: array(object(lineItemParams)),
  locale: string(),
  metadata: metadata(),
  mode: required(oneOf('payment', 'setup', 'subscription')),
  payment_intent_data: object({
    capture_method: oneOf('automatic', 'automatic_async', 'manual'),
    description: string({ maxLength: 1000 }),
    metadata: metadata(),
    receipt_email: email(),
    setup_future_usage: oneOf('off_session', 'on_session'),
    shipping: object(shippingParams),
    statement_descriptor: statementDescriptor(),
    statement_descriptor_suffix: statementDescriptorSuffix(),
  }),
  payment_method_collection: oneOf('always', 'if_required'),
  payment_method_types: removed(
    '2026-09-30',
    {
      code: 'payment_method_types_no_longer_supported',
      message:
        'The `payment_method_types` parameter is no longer supported. Use `allowed_payment_method_types` or `excluded_payment_method_types` instead.',
    },
    array(string()),
  ),
  setup_intent_data: object({ description: string({ maxLength: 1000 }), metadata: metadata() }),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: object({
    description: string({ maxLength: 500 }),
    metadata: metadata(),
    trial_end: timestamp(),
    trial_period_days: integer({ min: 1, max: 730 }),
  }),
  success_url: required(string()),
  ui_mode: oneOf('hosted_page'),
};

/** Source: https://docs.stripe.com/api/checkout/sessions/update. */
export const updateParams = { metadata: metadata() };

export const checkoutSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/checkout/sessions',
    params: createParams,
    handle: ({ ctx, params }) => createCheckoutSession(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions',
    params: {
      ...collectionParams,
      customer: string(),
      customer_details: object({ email: required(string()) }),
      payment_intent: string(),
      status: oneOf('complete', 'expired', 'open'),
      subscription: string(),
    },
    handle: ({ ctx, params }) => {
      const { payment_intent, subscription, customer, status, customer_details } = params;
      return listPage(ctx.store.checkoutSessions, params, {
        url: '/v1/checkout/sessions',
        where: { payment_intent, subscription, customer, status, email: customer_details?.email },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/:session',
    params: {},
    handle: ({ ctx, path }) => sessionIn(ctx, path.session),
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/:session',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateCheckoutSession(ctx, sessionIn(ctx, path.session), params),
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/:session/expire',
    params: {},
    handle: ({ ctx, path }) => expireCheckoutSession(ctx, sessionIn(ctx, path.session)),
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/:session/line_items',
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { id } = sessionIn(ctx, path.session);
      return pageOf(linesOf(ctx, id), params, `/v1/checkout/sessions/${id}/line_items`);
    },
  }),
];

const sessionIn = (ctx: Context, id: string): Stripe.Checkout.Session =>
  fromPath(ctx.store.checkoutSessions, id);
