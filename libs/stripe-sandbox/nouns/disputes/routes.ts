import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { updateParams } from './params.js';
import { closeDispute, updateDispute } from './respond.js';

/** Only test cards open disputes: Stripe has no route for it. */
export const disputeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/disputes',
    params: { ...collectionParams, charge: string(), payment_intent: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.disputes, params, {
        url: '/v1/disputes',
        where: { charge: params.charge, payment_intent: params.payment_intent },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/disputes/:dispute',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.disputes, path.dispute),
  }),
  route({
    method: 'POST',
    path: '/v1/disputes/:dispute',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateDispute(ctx, fromPath(ctx.store.disputes, path.dispute), params),
  }),
  route({
    method: 'POST',
    path: '/v1/disputes/:dispute/close',
    params: {},
    handle: ({ ctx, path }) => closeDispute(ctx, fromPath(ctx.store.disputes, path.dispute)),
  }),
];
