import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath, requireKnown } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { updateCharge } from './charge.js';
import { updateParams } from './params.js';

/** Only payment intents create charges: the sandbox has no `POST /v1/charges`. */
export const chargeRoutes: Route[] = [
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
