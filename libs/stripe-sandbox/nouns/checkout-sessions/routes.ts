import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage, listParams, pageOf } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { object, oneOf, required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createCheckoutSession, expireCheckoutSession, updateCheckoutSession } from './checkout-session.js';
import { lineItemsOf } from './line-items.js';
import { createParams, updateParams } from './params.js';

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
    handle: ({ ctx, path }) => sessionFromPath(ctx, path.session),
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/:session',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateCheckoutSession(ctx, sessionFromPath(ctx, path.session), params),
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/:session/expire',
    params: {},
    handle: ({ ctx, path }) => expireCheckoutSession(ctx, sessionFromPath(ctx, path.session)),
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/:session/line_items',
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { id } = sessionFromPath(ctx, path.session);
      return pageOf(lineItemsOf(ctx, id), params, `/v1/checkout/sessions/${id}/line_items`);
    },
  }),
];

const sessionFromPath = (ctx: Context, id: string): Stripe.Checkout.Session =>
  fromPath(ctx.store.checkoutSessions, id);
