import type Stripe from 'stripe';
import { DateTime } from 'luxon';
import type { Context } from '../context.js';
import { newId } from '../store/ids.js';
import { prorated, type Period } from './billing-period.js';
import { itemLine, productName, prorationLine, type LineDraft } from './invoice-lines.js';
import { amountOf } from './price.js';

/** A line that waits for the subscription's next invoice. */
export interface PendingLine {
  id: string;
  created: number;
  subscription: string;
  line: LineDraft;
}

/**
 * Credits what is left of an item's period, and charges the same time of what takes its place.
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
  if (before) addPending(ctx, before, from, { word: 'Unused', sign: -1 });
  if (after) addPending(ctx, after, from, { word: 'Remaining', sign: 1 });
}

/** Puts an item's whole period on the next invoice. */
export function addCharge(ctx: Context, item: Stripe.SubscriptionItem): void {
  const period = { start: item.current_period_start, end: item.current_period_end };
  const line = itemLine(ctx, item, period, amountOf(item.price, item.quantity ?? 1));
  insertPending(ctx, item, period.start, line);
}

/** The lines that wait for a subscription's next invoice; they wait no more. */
export function takePendingLines(ctx: Context, subscription: string): LineDraft[] {
  const pending = [...ctx.store.pendingLines.oldestFirst({ where: { subscription } })];
  for (const { id } of pending) ctx.store.pendingLines.remove(id);
  return pending.map(({ line }) => line);
}

function addPending(
  ctx: Context,
  item: Stripe.SubscriptionItem,
  from: number,
  { word, sign }: { word: string; sign: 1 | -1 },
): void {
  const quantity = item.quantity ?? 1;
  const period: Period = { start: item.current_period_start, end: item.current_period_end };
  if (from >= period.end) return;
  const day = DateTime.fromSeconds(from, { zone: 'utc' }).toFormat('dd LLL yyyy');
  const count = quantity === 1 ? '' : `${quantity} × `;
  const line = prorationLine(
    item,
    { start: from, end: period.end },
    {
      amount: sign * prorated(amountOf(item.price, quantity), period, from),
      description: `${word} time on ${count}${productName(ctx, item.price)} after ${day}`,
    },
  );
  insertPending(ctx, item, from, line);
}

function insertPending(
  ctx: Context,
  { subscription }: Stripe.SubscriptionItem,
  created: number,
  line: LineDraft,
): void {
  ctx.store.pendingLines.insert({ id: newId('invoiceItem'), created, subscription, line });
}
