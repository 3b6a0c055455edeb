import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { currencyParam } from '../currencies.js';
import { shippingParams } from '../entities/address.js';
import { requireWholeSteps } from '../entities/amount-limits.js';
import { requireSecret } from '../entities/intent.js';
import { capturePaymentIntent } from '../entities/payment-intent-capture.js';
import {
  cancelPaymentIntent,
  confirmWithParams,
  createPaymentIntent,
  updatePaymentIntent,
} from '../entities/payment-intent.js';
import { collectionParams, listPage } from '../http/lists.js';
import { fromPath, requireKnown } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import {
  array,
  boolean,
  email,
  integer,
  object,
  oneOf,
  required,
  string,
  unsettable,
  url,
} from '../http/params.js';
import { route, type Route } from '../http/route.js';
import {
  automaticPaymentMethods,
  offSession,
  paymentMethodTypes,
  statementDescriptor,
  statementDescriptorSuffix,
} from './intent-params.js';
import { createParams as paymentMethodParams } from './payment-methods.js';

const futureUsage = oneOf('off_session', 'on_session');
const captureMethod = oneOf('automatic', 'automatic_async', 'manual');

const cardOptions = object({
  card: object({
    capture_method: unsettable(oneOf('manual')),
    request_three_d_secure: oneOf('any', 'automatic', 'challenge'),
    setup_future_usage: unsettable(oneOf('none', 'off_session', 'on_session')),
  }),
});

/** What every step up to the payment may change. */
const changeable = {
  allowed_payment_method_types: array(string()),
  capture_method: captureMethod,
  excluded_payment_method_types: unsettable(array(string())),
  payment_method: string(),
  payment_method_data: object(paymentMethodParams),
  payment_method_options: cardOptions,
  payment_method_types: paymentMethodTypes(),
  receipt_email: unsettable(email()),
  setup_future_usage: unsettable(futureUsage),
  shipping: unsettable(object(shippingParams)),
};

/** What only a confirmation takes. */
const confirming = {
  error_on_requires_action: boolean(),
  off_session: offSession(),
  return_url: url(),
  use_stripe_sdk: boolean(),
};

const descriptive = {
  customer: string(),
  description: string({ maxLength: 1000 }),
  metadata: metadata(),
  statement_descriptor: statementDescriptor(),
  statement_descriptor_suffix: statementDescriptorSuffix(),
  transfer_group: string(),
};

/** Source: https://docs.stripe.com/api/payment_intents/create. */
export const createParams = {
  ...changeable,
  ...confirming,
  ...descriptive,
  amount: required(integer()),
  automatic_payment_methods: automaticPaymentMethods(),
  confirm: boolean(),
  confirmation_method: oneOf('automatic', 'manual'),
  currency: required(currencyParam()),
};

/** Source: https://docs.stripe.com/api/payment_intents/update. */
export const updateParams = {
  ...changeable,
  ...descriptive,
  amount: integer(),
  currency: currencyParam(),
};

/** Source: https://docs.stripe.com/api/payment_intents/confirm. */
export const confirmParams = { ...changeable, ...confirming };

const intentIn = ({ ctx, path }: { ctx: Context; path: { intent: string } }): Stripe.PaymentIntent =>
  fromPath(ctx.store.paymentIntents, path.intent);

export const paymentIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/payment_intents',
    params: createParams,
    handle: ({ ctx, params }) => {
      requireWholeSteps(params.amount, params.currency);
      return createPaymentIntent(ctx, params);
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
    handle: (call) => requireSecret(intentIn(call), call.params.client_secret),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent',
    params: updateParams,
    handle: (call) => {
      const intent = intentIn(call);
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
      return confirmWithParams(call.ctx, requireSecret(intentIn(call), client_secret), params);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/capture',
    params: { amount_to_capture: integer(), metadata: metadata() },
    handle: (call) =>
      capturePaymentIntent(call.ctx, intentIn(call), call.params.amount_to_capture, call.params.metadata),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:intent/cancel',
    params: {
      cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
    },
    handle: (call) => cancelPaymentIntent(call.ctx, intentIn(call), call.params.cancellation_reason),
  }),
];
