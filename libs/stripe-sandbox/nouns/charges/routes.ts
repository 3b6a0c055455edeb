import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath, requireKnown } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { requireWholeSteps } from '../../money/amount-limits.js';
import { updateCharge } from './charge.js';
import { captureDirectCharge, createDirectCharge } from './direct-charge.js';
import { captureParams, createParams, updateParams } from './params.js';

export const chargeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/charges',
    params: createParams,
    handle: ({ ctx, params }) => {
      requireWholeSteps(params.amount, params.currency);
      return createDirectCharge(ctx, params);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/charges/:charge/capture',
    params: captureParams,
    handle: ({ ctx, params, path }) =>
      captureDirectCharge(ctx, fromPath(ctx.store.charges, path.charge), params),
  }),
  route({
    method: 'GET',
    path: '/v1/charges',
    params: {
      ...collectionParams,
      customer: string(),
      payment_intent: string(),
      transfer_group: string(),
    },
    handle: ({ ctx, params }) => {
      const { customer, payment_intent, transfer_group } = params;
      requireKnown(ctx.store, ctx.store.customers, customer, 'customer');
      return listPage(ctx.store.charges, params, {
        url: '/v1/charges',
        where: { customer, payment_intent, transfer_group },
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges/:charge',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.charges, path.charge),
  }),
  route({
    method: 'POST',
    path: '/v1/charges/:charge',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateCharge(ctx, fromPath(ctx.store.charges, path.charge), params),
  }),
];
