import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { updateParams } from './params.js';
import { periodAt, type Period } from './billing-period.js';
import { insertPrice } from '../prices/price.js';
import type { LineDraft } from '../invoices/lines.js';
import { prorate } from './proration.js';
import { requireFuture } from './create.js';
import {
  itemList,
  planOf,
  readRecurringPrice,
  requireSameInterval,
  subscriptionItem,
  type ItemDraft,
} from './items.js';
import { periodLines } from './subscription.js';

type Changes = Pick<
  Params<typeof updateParams>,
  'billing_cycle_anchor' | 'items' | 'proration_behavior' | 'proration_date' | 'trial_end'
>;

/** What a change of items or of the trial comes to. */
export interface Restart {
  changes: Partial<Stripe.Subscription>;
  /** Whether it is invoiced at once rather than with the next period. */
  invoices: boolean;
  /** What the period costs that begins with it. */
  lines: LineDraft[];
}

/**
 * Another price or quantity, items more or fewer, another end of the trial, or a new cycle.
 * Source: https://docs.stripe.com/billing/subscriptions/change-price.
 * @throws StripeFailure 400 for an unknown item, prices that do not go together, or a date of another period
 */
export function changeItems(ctx: Context, before: Stripe.Subscription, params: Changes): Restart | undefined {
  requireWithinPeriod(before, params.proration_date);
  const isReset = params.billing_cycle_anchor?.type === 'now';
  if (params.items === undefined && params.trial_end === undefined && !isReset) return undefined;
  const now = ctx.now(before.customer as string);
  const next = nextItems(ctx, before, params.items ?? [], now);
  if (params.trial_end !== undefined) return changeTrial(ctx, before, next, params.trial_end, now);
  const { proration_behavior: behavior = 'create_prorations', proration_date: from = now } = params;
  const [old, fresh] = [before.items.data[0]!.price.recurring!, next[0]!.price.recurring!];
  const isTrial = before.status === 'trialing';
  const isOther = old.interval !== fresh.interval || old.interval_count !== fresh.interval_count;
  if (!isTrial && (isOther || isReset)) {
    if (behavior !== 'none') for (const item of before.items.data) prorate(ctx, { before: item, from });
    return restart(ctx, before, next, now);
  }
  if (!isTrial && behavior !== 'none') prorateDifferences(ctx, before.items.data, next, from);
  return {
    changes: { items: itemList(before.id, next) },
    invoices: behavior === 'always_invoice',
    lines: [],
  };
}

function requireWithinPeriod({ items }: Stripe.Subscription, date: number | undefined): void {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  if (date === undefined || (start <= date && date <= end)) return;
  throw failures.invalidRequest('Cannot specify proration date outside of current subscription period', {
    param: 'proration_date',
  });
}

/** A new cycle from now on, billed at once. */
function restart(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  now: number,
): Restart {
  const period = periodAt(now, items[0]!.price.recurring!, now);
  const moved = itemList(
    before.id,
    items.map((item) => inPeriod(item, period)),
  );
  const lines = periodLines(ctx, { items: moved });
  return { changes: { billing_cycle_anchor: now, items: moved }, invoices: true, lines };
}

function changeTrial(
  ctx: Context,
  before: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  end: number | 'now',
  now: number,
): Restart {
  if (end === 'now') {
    const restarted = restart(ctx, before, items, now);
    return { ...restarted, changes: { ...restarted.changes, status: 'active', trial_end: now } };
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
    invoices: false,
    lines: [],
  };
}

const inPeriod = (item: Stripe.SubscriptionItem, { start, end }: Period): Stripe.SubscriptionItem => ({
  ...item,
  current_period_start: start,
  current_period_end: end,
});

function prorateDifferences(
  ctx: Context,
  old: readonly Stripe.SubscriptionItem[],
  next: readonly Stripe.SubscriptionItem[],
  from: number,
): void {
  for (const item of old) {
    const replacement = next.find(({ id }) => id === item.id);
    if (replacement && replacement.price.id === item.price.id && replacement.quantity === item.quantity)
      continue;
    prorate(ctx, { before: item, after: replacement, from });
  }
  for (const item of next) {
    if (!old.some(({ id }) => id === item.id)) prorate(ctx, { after: item, from });
  }
}

type GivenItem = NonNullable<Changes['items']>[number];

function nextItems(
  ctx: Context,
  before: Stripe.Subscription,
  given: readonly GivenItem[],
  now: number,
): Stripe.SubscriptionItem[] {
  const items = new Map(before.items.data.map((item) => [item.id, item]));
  const drafts = given.map((change, index) => {
    const param = `items[${index}]`;
    const old = change.id === undefined ? undefined : items.get(change.id);
    if (change.id !== undefined && !old)
      throw failures.noSuch('subscription_item', change.id, `${param}[id]`, 400);
    return { change, old, draft: draftOf(ctx, change, old, param) };
  });
  const kept = before.items.data.filter(({ id }) => !given.some((change) => change.id === id));
  const left = drafts.filter(({ change }) => !change.deleted);
  requireSameInterval([...kept.map(({ price }) => price), ...left.map(({ draft }) => draft.price)]);
  if (kept.length + left.length === 0) {
    throw failures.invalidRequest('A subscription must have at least one active plan.', { param: 'items' });
  }
  for (const { change, old, draft } of drafts) {
    if (change.deleted && old) items.delete(old.id);
    else {
      const item = old ? changed(ctx, old, draft) : added(ctx, before, draft, now);
      items.set(item.id, item);
    }
  }
  return [...items.values()];
}

function draftOf(
  ctx: Context,
  { price, price_data, quantity, metadata }: GivenItem,
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

function changed(
  ctx: Context,
  old: Stripe.SubscriptionItem,
  { price: given, quantity, metadata }: ItemDraft,
): Stripe.SubscriptionItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  return { ...old, plan: planOf(price), price, quantity, metadata };
}

function added(
  ctx: Context,
  { id: subscription, items }: Stripe.Subscription,
  draft: ItemDraft,
  created: number,
): Stripe.SubscriptionItem {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  return subscriptionItem(ctx, draft, { subscription, created, period: { start, end } });
}
