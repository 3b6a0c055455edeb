import type Stripe from 'stripe';
import { DateTime } from 'luxon';
import type { Context } from '../context.js';
import { periodAt, prorated } from './billing-period.js';
import { deleteInvoiceItem, insertInvoiceItem, pendingProrations } from './invoice-item.js';
import { productName } from './invoice-lines.js';
import { amountOf } from './price.js';

/**
 * Credits what is left of an item's period, and charges the same time of what takes its place, by invoice items
 * that wait for the subscription's next invoice.
 * Source: https://docs.stripe.com/billing/subscriptions/prorations.
 */
export function prorate(
  ctx: Context,
  {
    before,
    after,
    from,
  }: { before?: Stripe.SubscriptionItem; after?: Stripe.SubscriptionItem; from: number },
): void {
  if (before) addProration(ctx, before, from, { word: 'Unused', sign: -1 });
  if (after) addProration(ctx, after, from, { word: 'Remaining', sign: 1 });
}

/** Takes back what waits to be credited or charged from a moment on. */
export function dropProrations(ctx: Context, subscription: Stripe.Subscription, from: number): void {
  for (const item of pendingProrations(ctx, subscription)) {
    if (item.period.start === from) deleteInvoiceItem(ctx, item);
  }
}

function addProration(
  ctx: Context,
  { id, price, quantity = 1, subscription, ...item }: Stripe.SubscriptionItem,
  from: number,
  { word, sign }: { word: string; sign: 1 | -1 },
): void {
  const end = item.current_period_end;
  if (from >= end) return;
  const owner = ctx.store.subscriptions.get(subscription)!;
  // A first or last period may be shorter than what the price is for.
  const whole = periodAt(owner.billing_cycle_anchor, price.recurring!, item.current_period_start);
  const costFrom = (moment: number): number => prorated(amountOf(price, quantity), whole, moment);
  const day = DateTime.fromSeconds(from, { zone: 'utc' }).toFormat('dd LLL yyyy');
  const count = quantity === 1 ? '' : `${quantity} × `;
  insertInvoiceItem(ctx, ctx.store.customers.get(owner.customer as string)!, {
    amount: sign * (costFrom(from) - costFrom(end)),
    currency: price.currency,
    description: `${word} time on ${count}${productName(ctx, price)} after ${day}`,
    discountable: false,
    metadata: {},
    parent: { subscription_details: { subscription, subscription_item: id }, type: 'subscription_details' },
    period: { start: from, end },
    pricing: {
      price_details: { price: price.id, product: price.product as string },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    proration: true,
    quantity,
  });
}
