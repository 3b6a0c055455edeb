import { fromPath } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';

/** Source: https://docs.stripe.com/api/mandates. */
export const mandateRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/mandates/:mandate',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.mandates, path.mandate),
  }),
];
