import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage, listParams } from '../../http/lists.js';
import { fromPath, fromPathOrDeleted, notFound } from '../../http/lookup.js';
import { oneOf, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createCustomer, deleteCustomer, updateCustomer } from './customer.js';
import { createCard, requireAttachable } from '../payment-methods/payment-method.js';
import { createParams, updateParams } from './params.js';
import { replaceDefaultSource } from './sources.js';

export const customerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers',
    params: createParams,
    handle: ({ ctx, params }) => createCustomer(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    params: { ...collectionParams, email: string({ maxLength: 512 }), test_clock: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.customers, params, {
        url: '/v1/customers',
        where: { email: params.email, test_clock: params.test_clock ?? null },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer',
    params: {},
    handle: ({ ctx, path }) => fromPathOrDeleted(ctx.store, ctx.store.customers, path.customer),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:customer',
    params: updateParams,
    handle: ({ ctx, params, path }) => {
      const before = customerFromPath(ctx, path.customer);
      if (params.source === undefined) return updateCustomer(ctx, before, params);
      const card = createCard(ctx, params.source, 'source');
      requireAttachable(ctx, card);
      return replaceDefaultSource(ctx, updateCustomer(ctx, before, params), card);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/:customer',
    params: {},
    handle: ({ ctx, path }) => deleteCustomer(ctx, customerFromPath(ctx, path.customer)),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/payment_methods',
    params: {
      ...listParams,
      allow_redisplay: oneOf('always', 'limited', 'unspecified'),
      type: string(),
    },
    handle: ({ ctx, params, path }) =>
      listPage(ctx.store.paymentMethods, params, {
        url: `/v1/customers/${path.customer}/payment_methods`,
        where: {
          customer: customerFromPath(ctx, path.customer).id,
          type: params.type,
          allow_redisplay: params.allow_redisplay,
        },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/payment_methods/:payment_method',
    params: {},
    handle: ({ ctx, path }) => {
      const customer = customerFromPath(ctx, path.customer);
      const paymentMethod = fromPath(ctx.store.paymentMethods, path.payment_method);
      if (paymentMethod.customer !== customer.id) notFound(ctx.store.paymentMethods, path.payment_method);
      return paymentMethod;
    },
  }),
];

const customerFromPath = (ctx: Context, id: string): Stripe.Customer => fromPath(ctx.store.customers, id);
