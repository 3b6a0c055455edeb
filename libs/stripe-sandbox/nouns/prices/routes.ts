import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { array, boolean, object, oneOf, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { currencyParam } from '../../money/currencies.js';
import { createParams, interval, updateParams } from './params.js';
import { createPrice, updatePrice } from './price.js';

export const priceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/prices',
    params: createParams,
    handle: ({ ctx, params }) => createPrice(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/prices',
    params: {
      ...collectionParams,
      active: boolean(),
      currency: currencyParam(),
      lookup_keys: array(string()),
      product: string(),
      recurring: object({ interval, usage_type: oneOf('licensed', 'metered') }),
      type: oneOf('one_time', 'recurring'),
    },
    handle: ({ ctx, params }) => {
      const { active, currency, product, type, lookup_keys, recurring } = params;
      return listPage(ctx.store.prices, params, {
        url: '/v1/prices',
        where: { active, currency, product, type },
        among: { lookup_key: lookup_keys },
        filter: (price) =>
          (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
          (recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/prices/:price',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.prices, path.price),
  }),
  route({
    method: 'POST',
    path: '/v1/prices/:price',
    params: updateParams,
    handle: ({ ctx, params, path }) => updatePrice(ctx, fromPath(ctx.store.prices, path.price), params),
  }),
];
