import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { currentBalance } from './balance.js';

/** Sources: https://docs.stripe.com/api/balance_transactions and https://docs.stripe.com/api/balance. */
export const balanceRoutes: Route[] = [
  route({ method: 'GET', path: '/v1/balance', params: {}, handle: ({ ctx }) => currentBalance(ctx) }),
  route({
    method: 'GET',
    path: '/v1/balance_transactions',
    params: { ...collectionParams, currency: string(), source: string(), type: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.balanceTransactions, params, {
        url: '/v1/balance_transactions',
        where: { currency: params.currency, source: params.source, type: params.type },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/balance_transactions/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.balanceTransactions, path.id),
  }),
];
