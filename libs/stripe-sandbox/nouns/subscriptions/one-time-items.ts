import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { insertInvoiceItem } from '../invoice-items/invoice-item.js';
import { findOneTimePrice, pricingOf, quantityFields } from '../invoice-items/pricing.js';
import { productName } from '../invoices/lines.js';
import { amountOf, draftInlinePrice, insertPrice, type PriceDraft } from '../prices/price.js';
import type { oneTimeItemParams } from './params.js';

/** An item that a subscription sells once. Its price may not be stored yet. */
export interface OneTimeItem {
  price: Stripe.Price | PriceDraft;
  quantity: number;
  discountable?: boolean;
  metadata?: Record<string, string>;
}

/**
 * Validates `add_invoice_items`. Source: https://docs.stripe.com/api/subscriptions/create.
 * @throws StripeFailure 400 naming the item whose price is recurring, inactive or in another currency
 */
export function readOneTimeItems(
  ctx: Context,
  given: readonly Params<typeof oneTimeItemParams>[] | null | undefined,
  currency: string,
): OneTimeItem[] {
  return (given ?? []).map(({ quantity = 1, discountable, metadata, ...cost }, index) => {
    const parent = `add_invoice_items[${index}]`;
    const price = readOneTimePrice(ctx, cost, parent);
    if (price.currency !== currency) {
      throw failures.invalidRequest(
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
        { param: parent },
      );
    }
    return { price, quantity, discountable, metadata: mergeMetadata({}, metadata) };
  });
}

/** Adds an item to the next invoice of a subscription. */
export function insertOneTimeItem(
  ctx: Context,
  { id: subscription, customer: owner, items }: Stripe.Subscription,
  { price: given, quantity, discountable = true, metadata = {} }: OneTimeItem,
): Stripe.InvoiceItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  const customer = ctx.store.customers.get(owner as string)!;
  const [first] = items.data;
  const start = Math.max(...items.data.map(({ current_period_start }) => current_period_start));
  return insertInvoiceItem(ctx, customer, {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: productName(ctx, price),
    discountable,
    metadata,
    parent: { subscription_details: { subscription }, type: 'subscription_details' },
    period: { start, end: first!.current_period_end },
    pricing: pricingOf(price),
    proration: false,
    ...quantityFields(String(quantity)),
  });
}

function readOneTimePrice(
  ctx: Context,
  { price: id, price_data }: Pick<Params<typeof oneTimeItemParams>, 'price' | 'price_data'>,
  parent: string,
): Stripe.Price | PriceDraft {
  const param = `${parent}[price]`;
  if (id !== undefined && price_data) throw failures.exclusive(param, `${parent}[price_data]`);
  if (price_data) return draftInlinePrice(ctx, price_data, `${parent}[price_data]`);
  return findOneTimePrice(ctx, id, param);
}
