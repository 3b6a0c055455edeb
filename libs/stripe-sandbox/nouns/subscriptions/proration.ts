import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { deleteInvoiceItem } from '../invoice-items/change.js';
import { insertInvoiceItem, pendingItemsFor } from '../invoice-items/invoice-item.js';
import { quantityFields } from '../invoice-items/pricing.js';
import { productName } from '../invoices/lines.js';
import { netOf } from '../invoices/discounted.js';
import { isFlexible } from './billing-mode.js';
import { periodAt, prorated, proratedShare } from './billing-period.js';
import { discountedAmount } from './discounts.js';

/**
 * Credits the rest of an item's period, and charges the same time for its replacement. Both become invoice items for
 * the subscription's next invoice.
 * Source: https://docs.stripe.com/billing/subscriptions/prorations.
 * @param from when the replacement takes effect, in Unix seconds
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
    const { amount, charge } = creditOf(ctx, before, from);
    if (amount > 0) addProration(ctx, before, from, { label: 'Unused', amount: -amount, credits: charge });
  }
  if (after && from < after.current_period_end) {
    addProration(ctx, after, from, { label: 'Remaining', amount: costOf(ctx, after, from) });
  }
}

/** Deletes a subscription's pending prorations: all of them, or those that begin at a given moment. */
export function deletePendingProrations(
  ctx: Context,
  subscription: Stripe.Subscription,
  from?: number,
): void {
  for (const item of pendingItemsFor(ctx, subscription)) {
    if (item.proration && (from === undefined || item.period.start === from)) deleteInvoiceItem(ctx, item);
  }
}

/** Credits the rest of the current period of a subscription that will end within it. */
export function creditEarlyEnd(ctx: Context, { cancel_at, items }: Stripe.Subscription): void {
  if (cancel_at !== null) for (const item of items.data) prorate(ctx, { before: item, from: cancel_at });
}

/** What an item costs from a moment to the end of its period, in minor units. */
function costOf(ctx: Context, item: Stripe.SubscriptionItem, from: number): number {
  const { price, current_period_start: start, current_period_end: end } = item;
  const owner = ctx.store.subscriptions.get(item.subscription)!;
  // A first or last period may be shorter than the price's interval.
  const fullPeriod = periodAt(owner.billing_cycle_anchor, price.recurring!, start);
  return proratedShare(discountedAmount(ctx, owner, item), fullPeriod, { start: from, end });
}

/** A charge that is credited: a pending invoice item, or a line of an invoice. */
type Charge = Stripe.InvoiceItem | Stripe.InvoiceLineItem;

/**
 * The credit for an item's time after a moment, in minor units. In flexible billing mode it is a part of what was
 * charged for that time; in classic billing mode of the current price, even if that was never charged.
 * Source: https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations.
 */
function creditOf(
  ctx: Context,
  item: Stripe.SubscriptionItem,
  from: number,
): { amount: number; charge?: Charge } {
  const charge = lastCharge(ctx, item);
  const owner = ctx.store.subscriptions.get(item.subscription)!;
  if (!isFlexible(owner)) {
    return { amount: owner.status === 'trialing' ? 0 : costOf(ctx, item, from), charge };
  }
  if (!charge) return { amount: 0 };
  const charged = charge.object === 'line_item' ? netOf(charge) : charge.amount;
  return { amount: prorated(charged, charge.period, Math.max(from, charge.period.start)), charge };
}

/** The last charge for an item's period: of a change within the period, else of the period itself. */
function lastCharge(
  { store }: Context,
  { id, subscription, current_period_end: end }: Stripe.SubscriptionItem,
): Charge | undefined {
  const { customer } = store.subscriptions.get(subscription)!;
  const change = [...store.invoiceItems.newestFirst({ where: { customer: customer as string } })].find(
    ({ amount, parent, period }) =>
      amount >= 0 && period.end === end && parent?.subscription_details?.subscription_item === id,
  );
  if (change) return change;
  const billed = [...store.invoices.newestFirst({ where: { subscription } })].flatMap(
    ({ lines }) => lines.data,
  );
  return billed.find(
    ({ amount, parent, period }) =>
      amount >= 0 && period.end === end && parent?.subscription_item_details?.subscription_item === id,
  );
}

function addProration(
  ctx: Context,
  { id, price, quantity = 1, subscription, current_period_end: end }: Stripe.SubscriptionItem,
  from: number,
  { label, amount, credits }: { label: 'Remaining' | 'Unused'; amount: number; credits?: Charge },
): void {
  const owner = ctx.store.subscriptions.get(subscription)!;
  const day = DateTime.fromSeconds(from, { zone: 'utc' }).toFormat('dd LLL yyyy');
  const count = quantity === 1 ? '' : `${quantity} × `;
  insertInvoiceItem(ctx, ctx.store.customers.get(owner.customer as string)!, {
    amount,
    currency: price.currency,
    description: `${label} time on ${count}${productName(ctx, price)} after ${day}`,
    discountable: false,
    metadata: {},
    parent: { subscription_details: { subscription, subscription_item: id }, type: 'subscription_details' },
    period: { start: from, end },
    pricing: {
      price_details: { price: price.id, product: price.product as string },
      type: 'price_details',
      unit_amount_decimal: null,
    },
    proration: true,
    proration_details: {
      credited_items: credits ? creditedItemsOf(ctx, credits) : null,
      discount_amounts: [],
    },
    ...quantityFields(String(quantity)),
  });
}

/** How a credit refers to the charge that it credits. */
function creditedItemsOf(ctx: Context, charge: Charge): Stripe.InvoiceItem.ProrationDetails.CreditedItems {
  if (charge.object === 'line_item') {
    return {
      invoice_line_item_details: { invoice: charge.invoice!, invoice_line_items: [charge.id] },
      type: 'invoice_line_items',
    };
  }
  if (charge.invoice === null) return { invoice_item: charge.id, type: 'invoice_item' };
  const invoice = ctx.store.invoices.get(charge.invoice as string)!;
  const line = invoice.lines.data.find(
    ({ parent }) => parent?.subscription_item_details?.invoice_item === charge.id,
  )!;
  return creditedItemsOf(ctx, line);
}
