import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { metadata } from '../../http/metadata.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { cancelRefund, createRefund, expireRefund, updateRefund } from './refund.js';

export const refundRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/refunds',
    params: createParams,
    handle: ({ ctx, params }) => createRefund(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/refunds',
    params: { ...collectionParams, charge: string(), payment_intent: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.refunds, params, {
        url: '/v1/refunds',
        where: { charge: params.charge, payment_intent: params.payment_intent },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/refunds/:refund',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.refunds, path.refund),
  }),
  route({
    method: 'POST',
    path: '/v1/refunds/:refund',
    params: { metadata: metadata() },
    handle: ({ ctx, params, path }) =>
      updateRefund(ctx, fromPath(ctx.store.refunds, path.refund), params.metadata),
  }),
  route({
    method: 'POST',
    path: '/v1/refunds/:refund/cancel',
    params: {},
    handle: ({ ctx, path }) => cancelRefund(ctx, fromPath(ctx.store.refunds, path.refund)),
  }),
  route({
    method: 'POST',
    path: '/v1/test_helpers/refunds/:refund/expire',
    params: {},
    handle: ({ ctx, path }) => expireRefund(ctx, fromPath(ctx.store.refunds, path.refund)),
  }),
];
