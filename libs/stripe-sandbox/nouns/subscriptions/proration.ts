import type Stripe from 'stripe';
import { DateTime } from 'luxon';
import type { Context } from '../../context.js';
import { periodAt, prorated } from './billing-period.js';
import { deleteInvoiceItem, insertInvoiceItem, pendingProrations } from '../invoice-items/invoice-item.js';
import { productName } from '../invoices/lines.js';
import { amountOf } from '../prices/price.js';

/**
 * Credits what is left of an item's period, and charges the same time of what takes its place, by invoice items
 * that wait for the subscription's next invoice. No more is credited than was billed.
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
  if (before && from < before.current_period_end) {
    const amount = creditOf(ctx, before, from);
    if (amount > 0) addProration(ctx, before, from, { word: 'Unused', amount: -amount });
  }
  if (after && from < after.current_period_end) {
    addProration(ctx, after, from, { word: 'Remaining', amount: costOf(ctx, after, from) });
  }
}

/** Takes back what waits to be credited or charged, from a moment on if one is given. */
export function deletePendingProrations(
  ctx: Context,
  subscription: Stripe.Subscription,
  from?: number,
): void {
  for (const item of pendingProrations(ctx, subscription)) {
    if (from === undefined || item.period.start === from) deleteInvoiceItem(ctx, item);
  }
}

/** Credits what is left of the current period once a subscription is to end within it. */
export function creditEarlyEnd(ctx: Context, { cancel_at, items }: Stripe.Subscription): void {
  if (cancel_at !== null) for (const item of items.data) prorate(ctx, { before: item, from: cancel_at });
}

/** What an item costs from a moment to the end of its period. */
function costOf(ctx: Context, item: Stripe.SubscriptionItem, from: number): number {
  const { price, quantity = 1, current_period_start: start, current_period_end: end } = item;
  const owner = ctx.store.subscriptions.get(item.subscription)!;
  // A first or last period may be shorter than what the price is for.
  const whole = periodAt(owner.billing_cycle_anchor, price.recurring!, start);
  const costFrom = (moment: number): number => prorated(amountOf(price, quantity), whole, moment);
  return costFrom(from) - costFrom(end);
}

/** What falls to the time after a moment of what was billed: nothing of a trial, or of a free start. */
function creditOf(ctx: Context, item: Stripe.SubscriptionItem, from: number): number {
  const charge = lastCharge(ctx, item);
  return charge ? prorated(charge.amount, charge.period, Math.max(from, charge.period.start)) : 0;
}

/** What an item was last charged until the end of its period: by a change within it, else by the period's own line. */
function lastCharge(
  { store }: Context,
  { id, subscription, current_period_end: end }: Stripe.SubscriptionItem,
): Pick<Stripe.InvoiceLineItem, 'amount' | 'period'> | undefined {
  const { customer } = store.subscriptions.get(subscription)!;
  const change = [...store.invoiceItems.newestFirst({ where: { customer: customer as string } })].find(
    ({ amount, parent, period }) =>
      amount >= 0 && period.end === end && parent?.subscription_details?.subscription_item === id,
  );
  if (change) return change;
  const lines = [...store.invoices.newestFirst({ where: { subscription } })].flatMap(
    ({ lines: on }) => on.data,
  );
  return lines.find(
    ({ amount, parent, period }) =>
      amount >= 0 && period.end === end && parent?.subscription_item_details?.subscription_item === id,
  );
}

function addProration(
  ctx: Context,
  { id, price, quantity = 1, subscription, current_period_end: end }: Stripe.SubscriptionItem,
  from: number,
  { word, amount }: { word: string; amount: number },
): void {
  const owner = ctx.store.subscriptions.get(subscription)!;
  const day = DateTime.fromSeconds(from, { zone: 'utc' }).toFormat('dd LLL yyyy');
  const count = quantity === 1 ? '' : `${quantity} × `;
  insertInvoiceItem(ctx, ctx.store.customers.get(owner.customer as string)!, {
    amount,
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
