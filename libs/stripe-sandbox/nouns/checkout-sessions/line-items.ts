import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { formatAmount, minimumChargeMinor } from '../../money/currencies.js';
import { newId } from '../../store/ids.js';
import { amountOf, draftInlinePrice, insertPrice, type PriceDraft } from '../prices/price.js';
import type { lineItemParams } from './params.js';

/** A validated line item that is not stored yet. Its price may not be stored either. */
export interface LineItemDraft {
  price: Stripe.Price | PriceDraft;
  quantity: number;
  metadata: Record<string, string>;
  /** The bracketed name of the parameter that gave the price. */
  param: string;
}

type Mode = 'payment' | 'subscription';

/**
 * Validates a session's line items. Source: https://docs.stripe.com/api/checkout/sessions/create#line_items.
 * @throws StripeFailure 400 naming the line item that does not fit the others or the mode
 */
export function readLineItems(
  ctx: Context,
  given: Params<typeof lineItemParams>[],
  { mode, currency }: { mode: Mode; currency: string | undefined },
): LineItemDraft[] {
  const lines = given.map((line, index) => readLineItem(ctx, line, `line_items[${index}]`));
  requireLineItemLimit(lines, mode);
  requirePricesFitMode(lines, mode);
  const expected = currency ?? lines[0]?.price.currency;
  const mismatch = lines.find(({ price }) => price.currency !== expected);
  if (mismatch) {
    throw failures.invalidRequest(
      `The price specified only supports \`${mismatch.price.currency}\`. This doesn't match the expected currency: \`${expected}\`.`,
      { param: mismatch.param },
    );
  }
  return lines;
}

/** @throws StripeFailure 400 for a total above zero that is less than the minimum charge */
export function requireMinimumTotal(totalMinor: number, currency: string): void {
  const minimum = minimumChargeMinor(currency);
  if (totalMinor === 0 || totalMinor >= minimum) return;
  throw failures.invalidRequest(
    `The Checkout Session's total amount due must add up to at least ${formatAmount(minimum, currency)} ${currency}`,
    { code: 'amount_too_small' },
  );
}

/** Stores a session's line items, and the prices that are new. */
export function insertLineItems(
  ctx: Context,
  session: string,
  drafts: readonly LineItemDraft[],
  discountsMinor: readonly number[],
): void {
  drafts.forEach((draft, index) => {
    const item = buildLineItem(ctx, draft, discountsMinor[index]!);
    ctx.store.lineItems.insert({ id: item.id, created: ctx.now(), session, item });
  });
}

/** A session's line items, in their order. Source: https://docs.stripe.com/api/checkout/sessions/line_items. */
export function lineItemsOf(ctx: Context, session: string): Stripe.LineItem[] {
  return [...ctx.store.lineItems.oldestFirst({ where: { session } })].map(({ item }) => item);
}

function buildLineItem(
  ctx: Context,
  { price: given, quantity, metadata }: LineItemDraft,
  amount_discount: number,
): Stripe.LineItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  const amount = amountOf(price, quantity);
  return {
    id: newId('lineItem'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount - amount_discount,
    currency: price.currency,
    description: ctx.store.products.get(price.product as string)?.name ?? null,
    metadata,
    price,
    quantity,
  };
}

function readLineItem(ctx: Context, line: Params<typeof lineItemParams>, param: string): LineItemDraft {
  const { price, price_data, quantity } = line;
  if (price !== undefined && price_data) {
    throw failures.exclusive(`${param}[price]`, `${param}[price_data]`);
  }
  const metadata = mergeMetadata({}, line.metadata);
  const priceParam = price === undefined ? `${param}[price_data]` : `${param}[price]`;
  const found =
    price === undefined
      ? readPriceData(ctx, price_data, priceParam)
      : requireActivePrice(ctx, price, priceParam);
  if (quantity === undefined) throw failures.missing(`${param}[quantity]`);
  return { price: found, quantity, metadata, param: priceParam };
}

function readPriceData(
  ctx: Context,
  data: Params<typeof lineItemParams>['price_data'],
  param: string,
): PriceDraft {
  if (!data) throw failures.missing(param);
  return draftInlinePrice(ctx, data, param);
}

function requireActivePrice(ctx: Context, id: string, param: string): Stripe.Price {
  const price = fromParam(ctx.store.prices, id, param);
  const product = ctx.store.products.get(price.product as string);
  if (price.active && product?.active !== false) return price;
  throw failures.invalidRequest('The price specified is inactive. This field only accepts active prices.', {
    param,
  });
}

function requireLineItemLimit(lines: readonly LineItemDraft[], mode: Mode): void {
  const recurring = lines.filter(({ price }) => price.recurring).length;
  const [count, max] =
    mode === 'payment' ? [lines.length, 100] : [Math.max(recurring, lines.length - recurring), 20];
  if (count <= max) return;
  throw failures.invalidRequest(
    `Invalid array: You can pass at most ${max} line items in \`${mode}\` mode.`,
    { param: 'line_items' },
  );
}

function requirePricesFitMode(lines: readonly LineItemDraft[], mode: Mode): void {
  const recurring = lines.filter(({ price }) => price.recurring);
  if (mode === 'payment' && recurring[0]) {
    throw failures.invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: recurring[0].param },
    );
  }
  if (mode === 'payment') return;
  if (recurring.length === 0) {
    throw failures.invalidRequest(
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      { param: lines[0]?.param ?? 'line_items' },
    );
  }
  const periodOf = ({ price }: LineItemDraft): string =>
    `${price.recurring!.interval_count} ${price.recurring!.interval}`;
  const other = recurring.find((line) => periodOf(line) !== periodOf(recurring[0]!));
  if (other) {
    throw failures.invalidRequest(
      'Checkout does not support multiple prices with different billing intervals.',
      { param: other.param },
    );
  }
}
