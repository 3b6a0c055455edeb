import { createProductWithPrice } from '../entities/price.js';
import { createProduct, deleteProduct, updateProduct } from '../entities/product.js';
import { collectionParams, listPage } from '../http/lists.js';
import { fromPath } from '../http/lookup.js';
import { metadata } from '../http/metadata.js';
import { array, boolean, integer, object, oneOf, required, string, unsettable } from '../http/params.js';
import { route, type Route } from '../http/route.js';
import { defaultPriceParams } from './prices.js';

const dimensions = object({
  height: required(integer({ min: 0 })),
  length: required(integer({ min: 0 })),
  weight: required(integer({ min: 0 })),
  width: required(integer({ min: 0 })),
});
const features = array(object({ name: required(string({ maxLength: 80 })) }));

/** Source: https://docs.stripe.com/api/products/create. */
export const createParams = {
  active: boolean(),
  default_price_data: object(defaultPriceParams),
  description: string({ maxLength: 40_000 }),
  id: string(),
  images: array(string()),
  marketing_features: features,
  metadata: metadata(),
  name: required(string()),
  package_dimensions: dimensions,
  shippable: boolean(),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: string(),
  type: oneOf('good', 'service'),
  unit_label: string({ maxLength: 12 }),
  url: string(),
};

/** Source: https://docs.stripe.com/api/products/update. */
export const updateParams = {
  active: boolean(),
  default_price: string(),
  description: unsettable(string({ maxLength: 40_000 })),
  images: unsettable(array(string())),
  marketing_features: unsettable(features),
  metadata: metadata(),
  name: string(),
  package_dimensions: unsettable(dimensions),
  shippable: boolean(),
  statement_descriptor: string({ maxLength: 22 }),
  tax_code: unsettable(string()),
  unit_label: unsettable(string({ maxLength: 12 })),
  url: unsettable(string()),
};

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
