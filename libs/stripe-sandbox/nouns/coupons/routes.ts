import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';
import { createCoupon, deleteCoupon, updateCoupon } from './coupon.js';
import { createParams, updateParams } from './params.js';

export const couponRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/coupons',
    params: createParams,
    handle: ({ ctx, params }) => createCoupon(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/coupons',
    params: collectionParams,
    handle: ({ ctx, params }) => listPage(ctx.store.coupons, params, { url: '/v1/coupons' }),
  }),
  route({
    method: 'GET',
    path: '/v1/coupons/:coupon',
    params: {},
    handle: ({ ctx, path }) => couponFromPath(ctx, path.coupon),
  }),
  route({
    method: 'POST',
    path: '/v1/coupons/:coupon',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateCoupon(ctx, couponFromPath(ctx, path.coupon), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/coupons/:coupon',
    params: {},
    handle: ({ ctx, path }) => deleteCoupon(ctx, couponFromPath(ctx, path.coupon)),
  }),
];

const couponFromPath = (ctx: Context, id: string): Stripe.Coupon => fromPath(ctx.store.coupons, id);
