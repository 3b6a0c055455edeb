import { listPage, listParams } from '../../http/lists.js';
import { fromParam } from '../../http/lookup.js';
import { required, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { allowRedisplay, createParams, updateParams } from './params.js';
import {
  attachPaymentMethod,
  createPaymentMethod,
  detachPaymentMethod,
  paymentMethodFromPath,
  updatePaymentMethod,
} from './payment-method.js';

export const paymentMethodRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/payment_methods',
    params: createParams,
    isForBrowsers: true,
    handle: ({ ctx, params }) => createPaymentMethod(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/payment_methods',
    params: { ...listParams, allow_redisplay: allowRedisplay, customer: string(), type: string() },
    handle: ({ ctx, params }) => {
      const { customer, type, allow_redisplay } = params;
      if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
      return listPage(ctx.store.paymentMethods, params, {
        url: '/v1/payment_methods',
        where: { customer, type, allow_redisplay, isAttached: true },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_methods/:payment_method',
    params: {},
    handle: ({ ctx, path }) => paymentMethodFromPath(ctx, path.payment_method),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:payment_method',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updatePaymentMethod(ctx, paymentMethodFromPath(ctx, path.payment_method), params),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:payment_method/attach',
    params: { customer: required(string()) },
    handle: ({ ctx, params, path }) => {
      const customer = fromParam(ctx.store.customers, params.customer, 'customer');
      return attachPaymentMethod(ctx, paymentMethodFromPath(ctx, path.payment_method), customer.id);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:payment_method/detach',
    params: {},
    handle: ({ ctx, path }) => detachPaymentMethod(ctx, paymentMethodFromPath(ctx, path.payment_method)),
  }),
];
