import { isWithin, listPage, listParams } from '../http/lists.js';
import { fromPath } from '../http/lookup.js';
import { range, string } from '../http/params.js';
import { route, type Route } from '../http/route.js';

/** Disputes are opened by test cards; answering them is beyond the sandbox. */
export const disputeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/disputes',
    params: { ...listParams, charge: string(), created: range(), payment_intent: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.disputes, params, {
        url: '/v1/disputes',
        where: { charge: params.charge, payment_intent: params.payment_intent },
        filter: (dispute) => isWithin(dispute.created, params.created),
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/disputes/:dispute',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.disputes, path.dispute),
  }),
];
