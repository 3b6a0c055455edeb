import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { LineDraft } from '../invoices/lines.js';
import { insertPrice } from '../prices/price.js';
import { type Period, periodAt } from './billing-period.js';
import { requireFuture } from './create.js';
import { planOf } from '../plans/plan.js';
import {
  insertItem,
  type ItemDraft,
  itemList,
  readRecurringPrice,
  requireCompatiblePrices,
} from './items.js';
import type { updateParams } from './params.js';
import { prorate } from './proration.js';
import { periodLines } from './subscription.js';

type ChangeParams = Pick<
  Params<typeof updateParams>,
  'billing_cycle_anchor' | 'items' | 'proration_behavior' | 'proration_date' | 'trial_end'
>;

/** The effect of a change of a subscription's items, its trial, or its billing cycle. */
export interface ItemsChange {
  changes: Partial<Stripe.Subscription>;
  /** Whether the change is invoiced at once instead of with the next period. */
  isInvoicedNow: boolean;
  /** The lines of the period that begins with the change, if one does. */
  lines: LineDraft[];
}

/**
 * Changes a subscription's items, the end of its trial, or its billing cycle; undefined if the parameters ask for
 * none of these. Prorations become pending invoice items.
 * Source: https://docs.stripe.com/billing/subscriptions/change-price.
 * @throws StripeFailure 400 for an unknown item, prices that do not go together, or a date outside the period
 */
export function changeItems(
  ctx: Context,
  before: Stripe.Subscription,
  params: ChangeParams,
): ItemsChange | undefined {
  requireWithinPeriod(before, params.proration_date);
  const resetsCycle = params.billing_cycle_anchor?.type === 'now';
  if (params.items === undefined && params.trial_end === undefined && !resetsCycle) return undefined;
  const now = ctx.now(before.customer as string);
  const next = nextItems(ctx, before, params.items ?? [], now);
  if (params.trial_end !== undefined) return changeTrial(ctx, before, next, params.trial_end, now);
  const { proration_behavior: behavior = 'create_prorations', proration_date: from = now } = params;
  const isTrial = before.status === 'trialing';
  const prorates = behavior !== 'none';
  if (!isTrial && (resetsCycle || hasOtherInterval(before.items.data[0]!, next[0]!))) {
    if (prorates) for (const item of before.items.data) prorate(ctx, { before: item, from });
    return restartCycle(ctx, before, next, now);
  }
  if (!isTrial && prorates) prorateDifferences(ctx, before.items.data, next, from);
  return {
    changes: { items: itemList(before.id, next) },
    isInvoicedNow: behavior === 'always_invoice',
    lines: [],
  };
}

function hasOtherInterval(before: Stripe.SubscriptionItem, after: Stripe.SubscriptionItem): boolean {
  const [old, current] = [before.price.recurring!, after.price.recurring!];
  return old.interval !== current.interval || old.interval_count !== current.interval_count;
}

function requireWithinPeriod({ items }: Stripe.Subscription, date: number | undefined): void {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  if (date === undefined || (start <= date && date <= end)) return;
  throw failures.invalidRequest('Cannot specify proration date outside of current subscription period', {
    param: 'proration_date',
  });
}

/** Begins a new billing cycle now, which is invoiced at once. */
function restartCycle(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  now: number,
): ItemsChange {
  const period = periodAt(now, items[0]!.price.recurring!, now);
  const moved = itemList(
    before.id,
    items.map((item) => inPeriod(item, period)),
  );
  const lines = periodLines(ctx, { items: moved });
  return { changes: { billing_cycle_anchor: now, items: moved }, isInvoicedNow: true, lines };
}

function changeTrial(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  end: number | 'now',
  now: number,
): ItemsChange {
  if (end === 'now') {
    const change = restartCycle(ctx, before, items, now);
    return { ...change, changes: { ...change.changes, status: 'active', trial_end: now } };
  }
  requireFuture(end, now, 'trial_end');
  const moved = items.map((item) => inPeriod(item, { start: item.current_period_start, end }));
  return {
    changes: {
      billing_cycle_anchor: end,
      items: itemList(before.id, moved),
      status: 'trialing',
      trial_end: end,
      trial_start: before.trial_start ?? now,
    },
    isInvoicedNow: false,
    lines: [],
  };
}

const inPeriod = (item: Stripe.SubscriptionItem, { start, end }: Period): Stripe.SubscriptionItem => ({
  ...item,
  current_period_start: start,
  current_period_end: end,
});

/** Prorates the items that were changed, removed or added. */
function prorateDifferences(
  ctx: Context,
  old: readonly Stripe.SubscriptionItem[],
  next: readonly Stripe.SubscriptionItem[],
  from: number,
): void {
  for (const item of old) {
    const after = next.find(({ id }) => id === item.id);
    const isUnchanged = after?.price.id === item.price.id && after.quantity === item.quantity;
    if (!isUnchanged) prorate(ctx, { before: item, after, from });
  }
  for (const item of next) {
    if (!old.some(({ id }) => id === item.id)) prorate(ctx, { after: item, from });
  }
}

type ItemParams = NonNullable<ChangeParams['items']>[number];

/** The items after a change. */
function nextItems(
  ctx: Context,
  before: Stripe.Subscription,
  given: readonly ItemParams[],
  now: number,
): Stripe.SubscriptionItem[] {
  const items = new Map(before.items.data.map((item) => [item.id, item]));
  const changes = given.map((params, index) => {
    const param = `items[${index}]`;
    const old = params.id === undefined ? undefined : items.get(params.id);
    if (params.id !== undefined && !old) {
      throw failures.noSuch('subscription_item', params.id, `${param}[id]`, 400);
    }
    return { isDeleted: params.deleted === true, old, draft: draftItem(ctx, params, old, param) };
  });
  const unchanged = before.items.data.filter(({ id }) => !given.some((params) => params.id === id));
  const remaining = changes.filter(({ isDeleted }) => !isDeleted);
  requireCompatiblePrices([
    ...unchanged.map(({ price }) => price),
    ...remaining.map(({ draft }) => draft.price),
  ]);
  if (unchanged.length + remaining.length === 0) {
    throw failures.invalidRequest('A subscription must have at least one active plan.', { param: 'items' });
  }
  for (const { isDeleted, old, draft } of changes) {
    if (isDeleted && old) items.delete(old.id);
    else {
      const item = old ? updatedItem(ctx, old, draft) : addedItem(ctx, before, draft, now);
      items.set(item.id, item);
    }
  }
  return [...items.values()];
}

function draftItem(
  ctx: Context,
  { price, price_data, quantity, metadata }: ItemParams,
  old: Stripe.SubscriptionItem | undefined,
  param: string,
): ItemDraft {
  const keepsPrice = old !== undefined && price === undefined && price_data === undefined;
  return {
    price: keepsPrice ? old.price : readRecurringPrice(ctx, { price, price_data }, param),
    quantity: quantity ?? old?.quantity ?? 1,
    metadata: mergeMetadata(old?.metadata ?? {}, metadata),
  };
}

function updatedItem(
  ctx: Context,
  old: Stripe.SubscriptionItem,
  { price: given, quantity, metadata }: ItemDraft,
): Stripe.SubscriptionItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  return { ...old, plan: planOf(price), price, quantity, metadata };
}

function addedItem(
  ctx: Context,
  { id: subscription, items }: Stripe.Subscription,
  draft: ItemDraft,
  created: number,
): Stripe.SubscriptionItem {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  return insertItem(ctx, draft, { subscription, created, period: { start, end } });
}
