import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import type { createParams, updateParams } from './params.js';

/** The fields of a new product. `createProductWithPrice` in prices/price.ts creates its default price too. */
export type ProductDetails = Omit<Params<typeof createParams>, 'default_price_data'>;

/**
 * Source: https://docs.stripe.com/api/products/create.
 * @throws StripeFailure 400 for an id that is taken
 */
export function createProduct(ctx: Context, details: ProductDetails): Stripe.Product {
  const id = details.id ?? newId('product');
  if (ctx.store.products.get(id)) {
    throw failures.invalidRequest('Product already exists.', {
      code: 'resource_already_exists',
      param: 'id',
    });
  }
  const now = ctx.now();
  const product = ctx.store.products.insert({
    id,
    object: 'product',
    active: details.active ?? true,
    created: now,
    default_price: null,
    description: details.description ?? null,
    images: details.images ?? [],
    livemode: false,
    marketing_features: details.marketing_features ?? [],
    metadata: mergeMetadata({}, details.metadata),
    name: details.name,
    package_dimensions: details.package_dimensions ?? null,
    shippable: details.shippable ?? null,
    statement_descriptor: details.statement_descriptor ?? null,
    tax_code: details.tax_code ?? null,
    tax_details: null,
    type: details.type ?? 'service',
    unit_label: details.unit_label ?? null,
    updated: now,
    url: details.url ?? null,
  });
  ctx.emit('product.created', product);
  return product;
}

/**
 * Source: https://docs.stripe.com/api/products/update.
 * @throws StripeFailure 400 for a default price that is inactive or belongs to another product
 */
export function updateProduct(
  ctx: Context,
  before: Stripe.Product,
  params: Params<typeof updateParams>,
): Stripe.Product {
  const { metadata, images, marketing_features, default_price, ...plain } = params;
  if (default_price !== undefined) requireOwnPrice(ctx, before, default_price);
  const changes: Partial<Stripe.Product> = {
    ...plain,
    ...(default_price !== undefined && { default_price }),
    ...(images !== undefined && { images: images ?? [] }),
    ...(marketing_features !== undefined && { marketing_features: marketing_features ?? [] }),
    metadata: mergeMetadata(before.metadata, metadata),
  };
  if (isDeepStrictEqual({ ...before, ...changes }, before)) return before;
  const after = ctx.store.products.update(before.id, { ...changes, updated: ctx.now() });
  ctx.emit('product.updated', after, before);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/products/delete.
 * @throws StripeFailure 400 for a product that has prices
 */
export function deleteProduct(ctx: Context, product: Stripe.Product): Stripe.DeletedProduct {
  const [price] = ctx.store.prices.newestFirst({ where: { product: product.id } });
  if (price) {
    throw failures.invalidRequest(
      'This product cannot be deleted because it has one or more user-created prices.',
    );
  }
  ctx.store.products.remove(product.id);
  ctx.emit('product.deleted', product);
  return { id: product.id, object: 'product', deleted: true };
}

function requireOwnPrice(ctx: Context, product: Stripe.Product, priceId: string): void {
  const price = fromParam(ctx.store.prices, priceId, 'default_price');
  if (price.product !== product.id) {
    throw failures.invalidRequest(`The price ${priceId} does not belong to the product ${product.id}.`, {
      param: 'default_price',
    });
  }
  if (!price.active) {
    throw failures.invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param: 'default_price',
    });
  }
}
