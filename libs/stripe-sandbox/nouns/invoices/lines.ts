import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { formatAmount } from '../../money/currencies.js';
import { wireDecimal } from '../prices/price.js';
import { isFlexible } from '../subscriptions/billing-mode.js';

/** A line that is not on an invoice yet. */
export type LineDraft = Omit<Stripe.InvoiceLineItem, 'id' | 'invoice'>;

/** The line for the current period of a subscription item. @param amount in minor units */
export function itemLine(ctx: Context, item: Stripe.SubscriptionItem, amount: number): LineDraft {
  const { interval, interval_count } = item.price.recurring!;
  const frequency = interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
  const unitAmount = formatAmount(item.price.unit_amount ?? amount, item.price.currency);
  const quantity = item.quantity ?? 1;
  return {
    object: 'line_item',
    amount,
    currency: item.price.currency,
    description: `${countOf(ctx, item)} × ${productName(ctx, item.price)} (at ${unitAmount} / ${frequency})`,
    discount_amounts: [],
    discountable: true,
    discounts: item.discounts,
    livemode: false,
    metadata: {},
    parent: parentOf(item),
    period: { start: item.current_period_start, end: item.current_period_end },
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

/** The line for a trial, which is free. Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare. */
export function trialLine(
  ctx: Context,
  owner: Pick<Stripe.Subscription, 'billing_mode'>,
  item: Stripe.SubscriptionItem,
): LineDraft {
  const name = productName(ctx, item.price);
  const description = isFlexible(owner)
    ? `Free trial for ${countOf(ctx, item)} x ${name}`
    : `Trial period for ${name}`;
  return { ...itemLine(ctx, item, 0), description };
}

/** The quantity of an item with its product's `unit_label`, such as `2 seat`. */
function countOf(ctx: Context, { price, quantity = 1 }: Stripe.SubscriptionItem): string {
  const label = ctx.store.products.get(price.product as string)?.unit_label;
  return label ? `${quantity} ${label}` : String(quantity);
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
