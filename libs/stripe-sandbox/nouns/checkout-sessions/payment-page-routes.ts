import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromPath } from '../../http/lookup.js';
import { integer, required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { resolvePaymentMethod } from '../payment-methods/payment-method.js';
import { payCheckout } from './pay.js';

/** What Stripe's own hosted page calls. It is not documented, but `stripe trigger` uses it too. */
export const paymentPageRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/payment_pages/:session',
    params: {},
    handle: ({ ctx, path }) => sessionFromPath(ctx, path.session),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_pages/:session/confirm',
    params: { expected_amount: integer(), payment_method: required(string()) },
    handle: ({ ctx, params, path }) => {
      const session = sessionFromPath(ctx, path.session);
      if (params.expected_amount !== undefined && params.expected_amount !== session.amount_total) {
        throw failures.invalidRequest('The amount of this Checkout Session is not the expected one.', {
          code: 'checkout_amount_mismatch',
          param: 'expected_amount',
        });
      }
      payCheckout(ctx, session, resolvePaymentMethod(ctx, params.payment_method, 'payment_method'));
      return sessionFromPath(ctx, session.id);
    },
  }),
];

const sessionFromPath = (ctx: Context, id: string): Stripe.Checkout.Session =>
  fromPath(ctx.store.checkoutSessions, id);
