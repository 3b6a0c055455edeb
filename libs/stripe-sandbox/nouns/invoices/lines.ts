import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { formatAmount } from '../../money/currencies.js';
import { wireDecimal } from '../prices/price.js';
import type { Period } from '../subscriptions/billing-period.js';

/** A line that is not on an invoice yet. */
export type LineDraft = Omit<Stripe.InvoiceLineItem, 'id' | 'invoice'>;

/** The line for a subscription item and a period. @param amount in minor units */
export function itemLine(
  ctx: Context,
  item: Stripe.SubscriptionItem,
  period: Period,
  amount: number,
): LineDraft {
  const name = productName(ctx, item.price);
  const { interval, interval_count } = item.price.recurring!;
  const frequency = interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
  const unitAmount = formatAmount(item.price.unit_amount ?? amount, item.price.currency);
  const quantity = item.quantity ?? 1;
  return {
    object: 'line_item',
    amount,
    currency: item.price.currency,
    description: `${quantity} × ${name} (at ${unitAmount} / ${frequency})`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    livemode: false,
    metadata: {},
    parent: parentOf(item),
    period: { start: period.start, end: period.end },
    pretax_credit_amounts: [],
    pricing: {
      type: 'price_details',
      price_details: { price: item.price.id, product: item.price.product as string },
      unit_amount_decimal: item.price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: wireDecimal(String(quantity)),
    subscription: item.subscription,
    subtotal: amount,
    taxes: [],
  };
}

/** The line for a trial, which is free. */
export function trialLine(ctx: Context, item: Stripe.SubscriptionItem, period: Period): LineDraft {
  const description = `Trial period for ${productName(ctx, item.price)}`;
  return { ...itemLine(ctx, item, period, 0), description };
}

/** The name of a price's product. */
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
