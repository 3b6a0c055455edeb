import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromParam, fromPath, requireKnown } from '../../http/lookup.js';
import { oneOf, required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { withDefaultTypes } from '../intents/payment-method-types.js';
import { requireClientSecret } from '../intents/intent.js';
import { confirmParams, createParams, updateParams } from './params.js';
import {
  cancelSetupIntent,
  confirmSetupWithParams,
  createSetupIntent,
  updateSetupIntent,
} from './setup-intent.js';

const intentFromPath = ({ ctx, path }: { ctx: Context; path: { intent: string } }): Stripe.SetupIntent =>
  fromPath(ctx.store.setupIntents, path.intent);

export const setupIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/setup_intents',
    params: createParams,
    handle: ({ ctx, params }) => createSetupIntent(ctx, withDefaultTypes(ctx, params)),
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
    handle: (call) => requireClientSecret(intentFromPath(call), call.params.client_secret),
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent',
    params: updateParams,
    handle: (call) => updateSetupIntent(call.ctx, intentFromPath(call), call.params),
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent/confirm',
    params: { ...confirmParams, client_secret: string() },
    isForBrowsers: true,
    handle: (call) => {
      const { client_secret, ...params } = call.params;
      return confirmSetupWithParams(
        call.ctx,
        requireClientSecret(intentFromPath(call), client_secret),
        params,
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:intent/cancel',
    params: { cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer') },
    handle: (call) => cancelSetupIntent(call.ctx, intentFromPath(call), call.params.cancellation_reason),
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
