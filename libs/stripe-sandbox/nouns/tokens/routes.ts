import { fromPath } from '../../http/lookup.js';
import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { createToken } from './token.js';

export const tokenRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/tokens',
    params: createParams,
    isForBrowsers: true,
    handle: ({ ctx, params }) => createToken(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/tokens/:token',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.tokens, path.token),
  }),
];
