import type Stripe from 'stripe';
import { formatAmount } from '../../money/currencies.js';
import type { Context } from '../../context.js';
import type { Period } from '../subscriptions/billing-period.js';

/** A line yet to be put on an invoice. */
export type LineDraft = Omit<Stripe.InvoiceLineItem, 'id' | 'invoice'>;

/** What a subscription's item costs for a period. */
export function itemLine(
  ctx: Context,
  item: Stripe.SubscriptionItem,
  period: Period,
  amount: number,
): LineDraft {
  const name = productName(ctx, item.price);
  const { interval, interval_count } = item.price.recurring!;
  const every = interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
  const unit = formatAmount(item.price.unit_amount ?? amount, item.price.currency);
  return line(item.price, item.quantity ?? 1, period, {
    amount,
    description: `${item.quantity ?? 1} × ${name} (at ${unit} / ${every})`,
    parent: parentOf(item),
    subscription: item.subscription,
  });
}

/** The line of a trial, which costs nothing. */
export function trialLine(ctx: Context, item: Stripe.SubscriptionItem, period: Period): LineDraft {
  const description = `Trial period for ${productName(ctx, item.price)}`;
  return { ...itemLine(ctx, item, period, 0), description };
}

/** The name of what a price is for. */
export const productName = (ctx: Context, { product }: Stripe.Price): string =>
  ctx.store.products.get(product as string)?.name ?? '';

const parentOf = ({ id, subscription }: Stripe.SubscriptionItem): Stripe.InvoiceLineItem.Parent => ({
  type: 'subscription_item_details',
  invoice_item_details: null,
  subscription_item_details: {
    invoice_item: null,
    proration: false,
    proration_details: null,
    subscription,
    subscription_item: id,
  },
});

function line(
  price: Stripe.Price,
  quantity: number,
  period: Period,
  what: Pick<LineDraft, 'amount' | 'description' | 'parent' | 'subscription'>,
): LineDraft {
  return {
    object: 'line_item',
    ...what,
    currency: price.currency,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    livemode: false,
    metadata: {},
    period: { start: period.start, end: period.end },
    pretax_credit_amounts: [],
    pricing: {
      type: 'price_details',
      price_details: { price: price.id, product: price.product as string },
      unit_amount_decimal: price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: String(quantity) as unknown as Stripe.Decimal,
    subtotal: what.amount,
    taxes: [],
  };
}
