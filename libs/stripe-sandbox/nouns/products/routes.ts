import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { array, boolean, oneOf, string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createProductWithPrice } from '../prices/price.js';
import { createParams, updateParams } from './params.js';
import { createProduct, deleteProduct, updateProduct } from './product.js';

export const productRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/products',
    params: createParams,
    handle: ({ ctx, params: { default_price_data, ...details } }) =>
      default_price_data
        ? createProductWithPrice(ctx, details, default_price_data)
        : createProduct(ctx, details),
  }),
  route({
    method: 'GET',
    path: '/v1/products',
    params: {
      ...collectionParams,
      active: boolean(),
      ids: array(string()),
      shippable: boolean(),
      type: oneOf('good', 'service'),
      url: string(),
    },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.products, params, {
        url: '/v1/products',
        where: { active: params.active, shippable: params.shippable, type: params.type, url: params.url },
        among: { id: params.ids },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/products/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.products, path.id),
  }),
  route({
    method: 'POST',
    path: '/v1/products/:id',
    params: updateParams,
    handle: ({ ctx, params, path }) => updateProduct(ctx, fromPath(ctx.store.products, path.id), params),
  }),
  route({
    method: 'DELETE',
    path: '/v1/products/:id',
    params: {},
    handle: ({ ctx, path }) => deleteProduct(ctx, fromPath(ctx.store.products, path.id)),
  }),
];
