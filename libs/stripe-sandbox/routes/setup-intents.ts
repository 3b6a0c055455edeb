import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { requireSecret } from '../entities/intent.js';
import {
  cancelSetupIntent,
  confirmSetupWithParams,
  createSetupIntent,
  updateSetupIntent,
} from '../entities/setup-intent.js';
import { collectionParams, listPage } from '../http/lists.js';
import { fromParam, fromPath, requireKnown } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import { array, boolean, object, oneOf, required, string, unsettable, url } from '../http/params.js';
import { route, type Route } from '../http/route.js';
import { automaticPaymentMethods, paymentMethodTypes } from './intent-params.js';
import { createParams as paymentMethodParams } from './payment-methods.js';

/** What every step up to the setup may change. */
const changeable = {
  allowed_payment_method_types: array(string()),
  payment_method: string(),
  payment_method_data: object(paymentMethodParams),
  payment_method_options: object({
    card: object({ request_three_d_secure: oneOf('any', 'automatic', 'challenge') }),
  }),
};

/** What only a confirmation takes. */
const confirming = { return_url: url(), use_stripe_sdk: boolean() };

/** Source: https://docs.stripe.com/api/setup_intents/update. */
export const updateParams = {
  ...changeable,
  customer: string(),
  description: string({ maxLength: 1000 }),
  excluded_payment_method_types: unsettable(array(string())),
  metadata: metadata(),
  payment_method_types: paymentMethodTypes(),
};

/** Source: https://docs.stripe.com/api/setup_intents/create. */
export const createParams = {
  ...updateParams,
  ...confirming,
  automatic_payment_methods: automaticPaymentMethods(),
  confirm: boolean(),
  usage: oneOf('off_session', 'on_session'),
};

/** Source: https://docs.stripe.com/api/setup_intents/confirm. */
export const confirmParams = { ...changeable, ...confirming };

const intentIn = ({ ctx, path }: { ctx: Context; path: { intent: string } }): Stripe.SetupIntent =>
  fromPath(ctx.store.setupIntents, path.intent);

export const setupIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/setup_intents',
    params: createParams,
    handle: ({ ctx, params }) => createSetupIntent(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/setup_intents',
    params: { ...collectionParams, customer: string(), payment_method: string() },
    handle: ({ ctx, params }) => {
      const { customer, payment_method } = params;
      requireKnown(ctx.store, ctx.store.customers, customer, 'customer');
      return listPage(ctx.store.setupIntents, params, {
        url: '/v1/setup_intents',
        where: { customer, payment_method },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/setup_intents/:intent',
    params: { client_secret: string() },
    isForBrowsers: true,
    handle: (call) => requireSecret(intentIn(call), call.params.client_secret),
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent',
    params: updateParams,
    handle: (call) => updateSetupIntent(call.ctx, intentIn(call), call.params),
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent/confirm',
    params: { ...confirmParams, client_secret: string() },
    isForBrowsers: true,
    handle: (call) => {
      const { client_secret, ...params } = call.params;
      return confirmSetupWithParams(call.ctx, requireSecret(intentIn(call), client_secret), params);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent/cancel',
    params: { cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer') },
    handle: (call) => cancelSetupIntent(call.ctx, intentIn(call), call.params.cancellation_reason),
  }),
  route({
    method: 'GET',
    path: '/v1/setup_attempts',
    params: { ...collectionParams, setup_intent: required(string()) },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.setupAttempts, params, {
        url: '/v1/setup_attempts',
        where: { setup_intent: fromParam(ctx.store.setupIntents, params.setup_intent, 'setup_intent').id },
      }),
  }),
];
