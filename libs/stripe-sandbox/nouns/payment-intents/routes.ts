import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath, requireKnown } from '../../http/lookup.js';
import { oneOf, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { requireWholeSteps } from '../../money/amount-limits.js';
import { withDefaultTypes } from '../intents/payment-method-types.js';
import { requireClientSecret } from '../intents/intent.js';
import { capturePaymentIntent } from './capture.js';
import { captureParams, confirmParams, createParams, updateParams } from './params.js';
import {
  cancelPaymentIntent,
  confirmWithParams,
  createPaymentIntent,
  updatePaymentIntent,
} from './payment-intent.js';

const intentFromPath = ({ ctx, path }: { ctx: Context; path: { intent: string } }): Stripe.PaymentIntent =>
  fromPath(ctx.store.paymentIntents, path.intent);

export const paymentIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/payment_intents',
    params: createParams,
    handle: ({ ctx, params }) => {
      requireWholeSteps(params.amount, params.currency);
      return createPaymentIntent(ctx, withDefaultTypes(ctx, params));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents',
    params: { ...collectionParams, customer: string() },
    handle: ({ ctx, params }) => {
      const { customer } = params;
      requireKnown(ctx.store, ctx.store.customers, customer, 'customer');
      return listPage(ctx.store.paymentIntents, params, {
        url: '/v1/payment_intents',
        where: { customer },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents/:intent',
    params: { client_secret: string() },
    isForBrowsers: true,
    handle: (call) => requireClientSecret(intentFromPath(call), call.params.client_secret),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent',
    params: updateParams,
    handle: (call) => {
      const intent = intentFromPath(call);
      const { amount = intent.amount, currency = intent.currency } = call.params;
      requireWholeSteps(amount, currency);
      return updatePaymentIntent(call.ctx, intent, call.params);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/confirm',
    params: { ...confirmParams, client_secret: string() },
    isForBrowsers: true,
    handle: (call) => {
      const { client_secret, ...params } = call.params;
      return confirmWithParams(call.ctx, requireClientSecret(intentFromPath(call), client_secret), params);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/capture',
    params: captureParams,
    handle: (call) => capturePaymentIntent(call.ctx, intentFromPath(call), call.params),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/cancel',
    params: {
      cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
    },
    handle: (call) => cancelPaymentIntent(call.ctx, intentFromPath(call), call.params.cancellation_reason),
  }),
];
