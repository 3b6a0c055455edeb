import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { boolean, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createParams, updateParams } from './params.js';
import { createPromotionCode, updatePromotionCode } from './promotion-code.js';

export const promotionCodeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/promotion_codes',
    params: createParams,
    handle: ({ ctx, params }) => createPromotionCode(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/promotion_codes',
    params: { ...collectionParams, active: boolean(), code: string(), coupon: string(), customer: string() },
    handle: ({ ctx, params }) => {
      const { active, code, coupon, customer } = params;
      return listPage(ctx.store.promotionCodes, params, {
        url: '/v1/promotion_codes',
        where: { active, coupon, customer, text: code?.toLowerCase() },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/promotion_codes/:promotion_code',
    params: {},
    handle: ({ ctx, path }) => codeFromPath(ctx, path.promotion_code),
  }),
  route({
    method: 'POST',
    path: '/v1/promotion_codes/:promotion_code',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updatePromotionCode(ctx, codeFromPath(ctx, path.promotion_code), params),
  }),
];

const codeFromPath = (ctx: Context, id: string): Stripe.PromotionCode =>
  fromPath(ctx.store.promotionCodes, id);
