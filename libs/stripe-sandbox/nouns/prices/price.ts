import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata, type MetadataChange } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { createProduct, type ProductDetails } from '../products/product.js';
import type { createParams, defaultPriceParams, inlinePriceParams, updateParams } from './params.js';
import { planOf } from './plan.js';

/** Three years at most. Source: https://docs.stripe.com/api/prices/create. */
const MAX_INTERVAL_COUNTS = { day: 1095, week: 156, month: 36, year: 3 };

/** A validated price that is not stored yet. Its product may not be stored either. */
export interface PriceDraft {
  active: boolean;
  product: string | ProductDetails;
  currency: string;
  unit_amount: number | null;
  unit_amount_decimal: Stripe.Decimal;
  recurring: Stripe.Price.Recurring | null;
  tax_behavior: string;
  lookup_key: string | null;
  nickname: string | null;
  metadata: Record<string, string>;
}

/**
 * Source: https://docs.stripe.com/api/prices/create.
 * @throws StripeFailure 400 for an unknown product, a missing or double amount, or an interval that is too long
 */
export function createPrice(
  ctx: Context,
  params: Params<typeof createParams>,
  id = newId('price'),
): Stripe.Price {
  const { active = true, lookup_key = null, nickname = null, transfer_lookup_key = false } = params;
  const draft = draftPrice(readProduct(ctx, params, nameIn('')), params, '');
  if (lookup_key !== null) claimLookupKey(ctx, lookup_key, transfer_lookup_key);
  return insertPrice(ctx, { ...draft, active, lookup_key, nickname }, id);
}

/** Creates a product with its `default_price_data`. Source: https://docs.stripe.com/api/products/create. */
export function createProductWithPrice(
  ctx: Context,
  details: ProductDetails,
  data: Params<typeof defaultPriceParams>,
): Stripe.Product {
  const draft = draftPrice(details, data, 'default_price_data');
  const price = insertPrice(ctx, { ...draft, active: true });
  return ctx.store.products.update(price.product as string, { default_price: price.id });
}

/**
 * Validates a `price_data`. Its price, and its product if that is new too, are inactive.
 * Source: https://docs.stripe.com/products-prices/how-products-and-prices-work#inline-pricing.
 * @param param the bracketed name of the `price_data`
 * @throws StripeFailure 400 as `createPrice`, and for an inactive product
 */
export function draftInlinePrice(
  ctx: Context,
  data: Params<typeof inlinePriceParams>,
  param: string,
): PriceDraft {
  const nameOf = nameIn(param);
  const product = readProduct(ctx, data, nameOf);
  if (typeof product === 'string' && !ctx.store.products.get(product)!.active) {
    throw failures.invalidRequest(
      `The product \`${product}\` is marked as inactive, so no new prices can be made of it.`,
      { param: nameOf('product') },
    );
  }
  return draftPrice(typeof product === 'string' ? product : { ...product, active: false }, data, param);
}

/**
 * Source: https://docs.stripe.com/api/prices/update.
 * @throws StripeFailure 400 for a second `tax_behavior`, a used lookup key, or archiving a default price
 */
export function updatePrice(
  ctx: Context,
  before: Stripe.Price,
  params: Params<typeof updateParams>,
  ofPlan: Partial<Pick<Stripe.Price, 'product' | 'recurring'>> = {},
): Stripe.Price {
  const { transfer_lookup_key = false, metadata, tax_behavior, ...plain } = params;
  if (tax_behavior !== undefined && before.tax_behavior !== 'unspecified') {
    throw failures.invalidRequest('Once specified, tax_behavior cannot be changed.', {
      param: 'tax_behavior',
    });
  }
  if (plain.active === false) requireNotDefault(ctx, before);
  if (plain.lookup_key && plain.lookup_key !== before.lookup_key) {
    claimLookupKey(ctx, plain.lookup_key, transfer_lookup_key);
  }
  const after = ctx.store.prices.update(before.id, {
    ...plain,
    ...ofPlan,
    ...(tax_behavior !== undefined && { tax_behavior }),
    metadata: mergeMetadata(before.metadata, metadata),
  });
  if (isDeepStrictEqual(after, before)) return before;
  if (after.recurring) ctx.emit('plan.updated', planOf(after), planOf(before));
  ctx.emit('price.updated', after, before);
  return after;
}

/** Stores a drafted price, and its product if that is new too. */
export function insertPrice(
  ctx: Context,
  { product, ...draft }: PriceDraft,
  id = newId('price'),
): Stripe.Price {
  const price = ctx.store.prices.insert({
    id,
    object: 'price',
    ...draft,
    billing_scheme: 'per_unit',
    created: ctx.now(),
    custom_unit_amount: null,
    livemode: false,
    product: typeof product === 'string' ? product : createProduct(ctx, product).id,
    tiers_mode: null,
    transform_quantity: null,
    type: draft.recurring ? 'recurring' : 'one_time',
  });
  if (price.recurring) ctx.emit('plan.created', planOf(price));
  ctx.emit('price.created', price);
  return price;
}

/** Decimals are text in Stripe's JSON. stripe-node's types show them as its own number class. */
export const wireDecimal = (text: string): Stripe.Decimal => text as unknown as Stripe.Decimal;

/** What a quantity of a price costs, in minor units; fractions are rounded half up. */
export function amountOf(
  price: Pick<Stripe.Price, 'unit_amount' | 'unit_amount_decimal'>,
  quantity: number,
): number {
  if (price.unit_amount !== null) return price.unit_amount * quantity;
  return Math.round(Number(price.unit_amount_decimal) * quantity);
}

interface PriceData {
  currency: string;
  unit_amount?: number;
  unit_amount_decimal?: string;
  tax_behavior?: string;
  recurring?: { interval: string; interval_count?: number; trial_period_days?: number };
  metadata?: MetadataChange;
}

function draftPrice(product: PriceDraft['product'], data: PriceData, parent: string): PriceDraft {
  const nameOf = nameIn(parent);
  return {
    active: false,
    product,
    currency: data.currency,
    ...readAmounts(data, nameOf),
    recurring: data.recurring ? readRecurring(data.recurring, nameOf('recurring')) : null,
    tax_behavior: data.tax_behavior ?? 'unspecified',
    lookup_key: null,
    nickname: null,
    metadata: mergeMetadata({}, data.metadata),
  };
}

/** Names the parameters within a parent: `price_data[currency]`. */
const nameIn =
  (parent: string) =>
  (key: string): string =>
    parent ? `${parent}[${key}]` : key;

function readAmounts(
  { unit_amount, unit_amount_decimal }: PriceData,
  nameOf: (key: string) => string,
): Pick<PriceDraft, 'unit_amount' | 'unit_amount_decimal'> {
  if (unit_amount !== undefined && unit_amount_decimal !== undefined) {
    throw failures.exclusive(nameOf('unit_amount'), nameOf('unit_amount_decimal'));
  }
  if (unit_amount !== undefined) {
    return { unit_amount, unit_amount_decimal: wireDecimal(String(unit_amount)) };
  }
  if (unit_amount_decimal === undefined) throw failures.missing(nameOf('unit_amount'));
  const number = Number(unit_amount_decimal);
  return {
    unit_amount: Number.isSafeInteger(number) ? number : null,
    unit_amount_decimal: wireDecimal(unit_amount_decimal),
  };
}

function readRecurring(
  { interval, interval_count = 1, trial_period_days }: NonNullable<PriceData['recurring']>,
  param: string,
): Stripe.Price.Recurring {
  const max = MAX_INTERVAL_COUNTS[interval as keyof typeof MAX_INTERVAL_COUNTS];
  if (interval_count > max) throw failures.tooBig(`${param}[interval_count]`, max);
  return {
    interval,
    interval_count,
    meter: null,
    trial_period_days: trial_period_days ?? null,
    usage_type: 'licensed',
  };
}

/** The id of an existing product, or the details of a new one. */
function readProduct(
  ctx: Context,
  { product, product_data }: { product?: string; product_data?: ProductDetails },
  nameOf: (key: string) => string,
): string | ProductDetails {
  if (product !== undefined && product_data) {
    throw failures.exclusive(nameOf('product'), nameOf('product_data'));
  }
  if (product !== undefined) return fromParam(ctx.store.products, product, nameOf('product')).id;
  if (!product_data) throw failures.missing(nameOf('product'));
  return product_data;
}

/** Frees a lookup key for another price. @throws StripeFailure 400 if it is used and may not be transferred */
function claimLookupKey(ctx: Context, lookup_key: string, mayTransfer: boolean): void {
  const [holder] = ctx.store.prices.newestFirst({ where: { lookup_key } });
  if (!holder) return;
  if (!mayTransfer) {
    throw failures.invalidRequest(
      `A price (\`${holder.id}\`) already uses that lookup key. Set \`transfer_lookup_key=true\` to transfer it.`,
      { param: 'lookup_key' },
    );
  }
  ctx.store.prices.update(holder.id, { lookup_key: null });
}

function requireNotDefault(ctx: Context, price: Stripe.Price): void {
  if (ctx.store.products.get(price.product as string)?.default_price !== price.id) return;
  throw failures.invalidRequest(
    'This price cannot be archived because it is the default price of its product.',
    { param: 'active' },
  );
}
