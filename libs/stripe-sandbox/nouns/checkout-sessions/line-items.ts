import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { formatAmount, minimumChargeMinor } from '../../money/currencies.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { lineItemParams } from './params.js';
import { newId } from '../../store/ids.js';
import { amountOf, draftInlinePrice, insertPrice, type PriceDraft } from '../prices/price.js';

/** A line that has passed validation; its price may yet have to be made. */
export interface LineDraft {
  price: Stripe.Price | PriceDraft;
  quantity: number;
  metadata: Record<string, string>;
  /** The bracketed parameter that its price came by. */
  param: string;
}

type Mode = 'payment' | 'subscription';

/**
 * Reads a session's lines. Source: https://docs.stripe.com/api/checkout/sessions/create#line_items.
 * @throws StripeFailure 400 naming the line that does not fit the others or the mode
 */
export function readLines(
  ctx: Context,
  given: Params<typeof lineItemParams>[],
  { mode, currency }: { mode: Mode; currency: string | undefined },
): LineDraft[] {
  const lines = given.map((line, index) => readLine(ctx, line, `line_items[${index}]`));
  requireLineItemLimit(lines, mode);
  requirePricesFitMode(lines, mode);
  const expected = currency ?? lines[0]?.price.currency;
  const stranger = lines.find(({ price }) => price.currency !== expected);
  if (stranger) {
    throw failures.invalidRequest(
      `The price specified only supports \`${stranger.price.currency}\`. This doesn't match the expected currency: \`${expected}\`.`,
      { param: stranger.param },
    );
  }
  return lines;
}

/** @throws StripeFailure 400 for a total that is not nothing, but less than Stripe charges */
export function requireMinimumTotal(totalMinor: number, currency: string): void {
  const least = minimumChargeMinor(currency);
  if (totalMinor === 0 || totalMinor >= least) return;
  throw failures.invalidRequest(
    `The Checkout Session's total amount due must add up to at least ${formatAmount(least, currency)} ${currency}`,
    { code: 'amount_too_small' },
  );
}

/** Writes a session's lines, and the prices that were only described. */
export function insertLines(ctx: Context, session: string, drafts: readonly LineDraft[]): void {
  for (const { price, quantity, metadata } of drafts) {
    const item = lineItem(ctx, 'id' in price ? price : insertPrice(ctx, price), quantity, metadata);
    ctx.store.lineItems.insert({ id: item.id, created: ctx.now(), session, item });
  }
}

/** What a session sells, in its order. Source: https://docs.stripe.com/api/checkout/sessions/line_items. */
export function linesOf(ctx: Context, session: string): Stripe.LineItem[] {
  return [...ctx.store.lineItems.oldestFirst({ where: { session } })].map(({ item }) => item);
}

function lineItem(
  ctx: Context,
  price: Stripe.Price,
  quantity: number,
  metadata: Record<string, string>,
): Stripe.LineItem {
  const amount = amountOf(price, quantity);
  return {
    id: newId('lineItem'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: ctx.store.products.get(price.product as string)?.name ?? null,
    metadata,
    price,
    quantity,
  };
}

function readLine(ctx: Context, line: Params<typeof lineItemParams>, param: string): LineDraft {
  const { price, price_data, quantity } = line;
  if (price !== undefined && price_data) {
    throw failures.exclusive(`${param}[price]`, `${param}[price_data]`);
  }
  const metadata = mergeMetadata({}, line.metadata);
  const named = price === undefined ? `${param}[price_data]` : `${param}[price]`;
  const found = price === undefined ? readPriceData(ctx, price_data, named) : sellable(ctx, price, named);
  if (quantity === undefined) throw failures.missing(`${param}[quantity]`);
  return { price: found, quantity, metadata, param: named };
}

function readPriceData(
  ctx: Context,
  data: Params<typeof lineItemParams>['price_data'],
  param: string,
): PriceDraft {
  if (!data) throw failures.missing(param);
  return draftInlinePrice(ctx, data, param);
}

function sellable(ctx: Context, id: string, param: string): Stripe.Price {
  const price = fromParam(ctx.store.prices, id, param);
  const product = ctx.store.products.get(price.product as string);
  if (price.active && product?.active !== false) return price;
  throw failures.invalidRequest('The price specified is inactive. This field only accepts active prices.', {
    param,
  });
}

function requireLineItemLimit(lines: readonly LineDraft[], mode: Mode): void {
  const recurring = lines.filter(({ price }) => price.recurring).length;
  const [count, most] =
    mode === 'payment' ? [lines.length, 100] : [Math.max(recurring, lines.length - recurring), 20];
  if (count > most) {
    throw failures.invalidRequest(
      `Invalid array: You can pass at most ${most} line items in \`${mode}\` mode.`,
      {
        param: 'line_items',
      },
    );
  }
}

function requirePricesFitMode(lines: readonly LineDraft[], mode: Mode): void {
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
  const periodOf = ({ price }: LineDraft): string =>
    `${price.recurring!.interval_count} ${price.recurring!.interval}`;
  const other = recurring.find((line) => periodOf(line) !== periodOf(recurring[0]!));
  if (other) {
    throw failures.invalidRequest(
      'Checkout does not support multiple prices with different billing intervals.',
      { param: other.param },
    );
  }
}
