import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { createProduct } from '../products/product.js';
import { draftInlinePrice, insertPrice, wireDecimal } from '../prices/price.js';
import { productName } from '../invoices/lines.js';
import type { previewItemParams, updateParams } from './params.js';

/** What an invoice item costs. */
export type ItemCost = Pick<
  Stripe.InvoiceItem,
  'amount' | 'currency' | 'pricing' | 'quantity' | 'quantity_decimal'
> & {
  /** The name of the product, unless the item is only an amount. */
  productName: string | null;
};

type CostParams = Params<typeof updateParams> | Params<typeof previewItemParams>;

/** The parameters of which an item has exactly one. */
const COSTS = ['amount', 'unit_amount_decimal', 'unit_amount', 'price_data', 'pricing', 'price'] as const;

/** Whether the parameters say what an item costs, and not only how many. */
export const setsCost = (params: CostParams): boolean => givenCosts(params).length > 0;

/**
 * What an item costs by its parameters.
 * @param quantityDecimal the quantity unless the parameters name one
 * @throws StripeFailure 400 for none or several of the parameters, or a price that an item can't have
 */
export function readCost(
  ctx: Context,
  params: CostParams,
  currency: string,
  quantityDecimal: string,
): ItemCost {
  const [given, other] = givenCosts(params);
  if (given === undefined) throw failures.missing('amount');
  if (other !== undefined) throw failures.exclusive(given, other);
  if (params.amount !== undefined) {
    for (const name of ['quantity', 'quantity_decimal'] as const) {
      if (params[name] !== undefined) throw failures.exclusive('amount', name);
    }
    return costOf(ctx, amountPrice(ctx, String(params.amount), currency), '1', { isAmount: true });
  }
  const quantity = readQuantity(params) ?? quantityDecimal;
  const unitAmount = params.unit_amount_decimal ?? params.unit_amount;
  if (unitAmount !== undefined) {
    return costOf(ctx, amountPrice(ctx, String(unitAmount), currency), quantity, { isAmount: true });
  }
  const price = params.price_data
    ? insertPrice(ctx, draftInlinePrice(ctx, params.price_data, 'price_data'))
    : readPrice(ctx, params);
  return costOf(ctx, price, quantity, { isAmount: false });
}

/** What an item costs with another quantity. */
export function withQuantity(item: Stripe.InvoiceItem, params: CostParams): Partial<Stripe.InvoiceItem> {
  const quantity = readQuantity(params);
  const unitAmount = item.pricing?.unit_amount_decimal;
  if (quantity === undefined || unitAmount == null) return {};
  return { amount: amountFor(String(unitAmount), quantity), ...quantityFields(quantity) };
}

/** How an item or line refers to its price. */
export const pricingOf = (price: Stripe.Price): Stripe.InvoiceItem.Pricing => ({
  price_details: { price: price.id, product: price.product as string },
  type: 'price_details',
  unit_amount_decimal: price.unit_amount_decimal,
});

/** Both forms of a quantity. @param quantityDecimal such as `1.5` */
export const quantityFields = (
  quantityDecimal: string,
): Pick<Stripe.InvoiceItem, 'quantity' | 'quantity_decimal'> => ({
  quantity: Math.trunc(Number(quantityDecimal)),
  quantity_decimal: wireDecimal(quantityDecimal),
});

const givenCosts = (params: CostParams): string[] =>
  COSTS.filter((name) => name in params && (params as Record<string, unknown>)[name] !== undefined);

function costOf(
  ctx: Context,
  price: Stripe.Price,
  quantity: string,
  { isAmount }: { isAmount: boolean },
): ItemCost {
  return {
    amount: amountFor(String(price.unit_amount_decimal), quantity),
    currency: price.currency,
    pricing: pricingOf(price),
    ...quantityFields(quantity),
    productName: isAmount ? null : productName(ctx, price),
  };
}

/** In minor units; fractions are rounded half up. */
const amountFor = (unitAmountDecimal: string, quantityDecimal: string): number =>
  Math.round(Number(unitAmountDecimal) * Number(quantityDecimal));

function readQuantity({ quantity, quantity_decimal }: CostParams): string | undefined {
  if (quantity !== undefined && quantity_decimal !== undefined) {
    throw failures.exclusive('quantity', 'quantity_decimal');
  }
  return quantity === undefined ? quantity_decimal : String(quantity);
}

function readPrice(ctx: Context, params: CostParams): Stripe.Price {
  const pricing = 'pricing' in params ? params.pricing : undefined;
  const param = pricing ? 'pricing[price]' : 'price';
  return findOneTimePrice(ctx, pricing ? pricing.price : params.price, param);
}

/**
 * The price of something that is sold once.
 *
 * @throws StripeFailure 400 naming `param` if it is missing, unknown, inactive or recurring
 */
export function findOneTimePrice(ctx: Context, id: string | undefined, param: string): Stripe.Price {
  if (id === undefined) throw failures.missing(param);
  const price = fromParam(ctx.store.prices, id, param);
  if (!price.active) {
    throw failures.invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param,
    });
  }
  if (!price.recurring) return price;
  throw failures.invalidRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    { param },
  );
}

/** The product of all items that have only an amount. */
const AMOUNT_PRODUCT = `prod_${idTextOf('amounts', 14)}`;

/** The price of an amount. Recorded items share their prices, so its id follows from the amount and the currency. */
function amountPrice(ctx: Context, unit_amount_decimal: string, currency: string): Stripe.Price {
  const id = `price_1${idTextOf(`${unit_amount_decimal} ${currency}`, 23)}`;
  const existing = ctx.store.prices.get(id);
  if (existing) return existing;
  if (!ctx.store.products.get(AMOUNT_PRODUCT)) {
    createProduct(ctx, { id: AMOUNT_PRODUCT, active: false, name: 'Invoice item' });
  }
  const draft = draftAmountPrice(unit_amount_decimal, currency);
  return insertPrice(ctx, draft, id);
}

const draftAmountPrice = (unit_amount_decimal: string, currency: string) => ({
  active: false,
  product: AMOUNT_PRODUCT,
  currency,
  unit_amount: Number.isSafeInteger(Number(unit_amount_decimal)) ? Number(unit_amount_decimal) : null,
  unit_amount_decimal: wireDecimal(unit_amount_decimal),
  recurring: null,
  tax_behavior: 'unspecified',
  lookup_key: null,
  nickname: null,
  metadata: {},
});

/** Text of an id that always is the same for the same subject. */
function idTextOf(subject: string, length: number): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, length);
}
