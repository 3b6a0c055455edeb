import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { applyRedemptions } from '../discounts/discount.js';
import { readRedemptions } from '../discounts/redemption.js';
import { planOf } from '../prices/plan.js';
import { insertPrice } from '../prices/price.js';
import { isFlexible } from './billing-mode.js';
import { isSameInterval, type Period, periodAt } from './billing-period.js';
import {
  inPeriod,
  insertItem,
  type ItemDraft,
  readRecurringPrice,
  requireCompatiblePrices,
} from './items.js';
import type { updateParams } from './params.js';

type ItemParams = NonNullable<Params<typeof updateParams>['items']>[number];

/**
 * The items of a subscription after a change.
 * @throws StripeFailure 400 for an unknown item, prices that do not go together, or when no item is left
 */
export function nextItems(
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
    return { isDeleted: params.deleted === true, old, draft: draftItem(ctx, before, params, old, param) };
  });
  const unchanged = before.items.data.filter(({ id }) => !given.some((params) => params.id === id));
  const remaining = changes.filter(({ isDeleted }) => !isDeleted);
  const prices = [...unchanged.map(({ price }) => price), ...remaining.map(({ draft }) => draft.price)];
  requireCompatiblePrices(prices, before);
  if (unchanged.length + remaining.length === 0) {
    throw failures.invalidRequest('A subscription must have at least one active plan.', { param: 'items' });
  }
  for (const { isDeleted, old, draft } of changes) {
    if (isDeleted && old) items.delete(old.id);
    else {
      const item = old ? updatedItem(ctx, before, old, draft, now) : addedItem(ctx, before, draft, now);
      items.set(item.id, item);
    }
  }
  return [...items.values()];
}

function draftItem(
  ctx: Context,
  owner: Stripe.Subscription,
  { discounts, plan, price = plan, price_data, quantity, metadata }: ItemParams,
  old: Stripe.SubscriptionItem | undefined,
  param: string,
): ItemDraft {
  const keepsPrice = old !== undefined && price === undefined && price_data === undefined;
  return {
    price: keepsPrice ? old.price : readRecurringPrice(ctx, { plan, price, price_data }, param),
    quantity: quantity ?? old?.quantity ?? 1,
    metadata: mergeMetadata(old?.metadata ?? {}, metadata),
    redemptions: readRedemptions(
      ctx,
      discounts,
      {
        customer: owner.customer as string,
        currency: owner.currency,
        existing: [...owner.discounts, ...(old?.discounts ?? [])] as string[],
      },
      `${param}[discounts]`,
    ),
  };
}

function updatedItem(
  ctx: Context,
  owner: Stripe.Subscription,
  old: Stripe.SubscriptionItem,
  { price: given, quantity, metadata, redemptions }: ItemDraft,
  now: number,
): Stripe.SubscriptionItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  const target = {
    customer: owner.customer as string,
    subscription: owner.id,
    subscription_item: old.id,
  };
  const discounts = redemptions ? applyRedemptions(ctx, redemptions, target) : old.discounts;
  const item = { ...old, discounts, plan: planOf(price), price, quantity, metadata };
  if (isSameInterval(old.price.recurring!, price.recurring!)) return item;
  return inPeriod(item, periodOf(owner, price, old.current_period_start, now));
}

function addedItem(
  ctx: Context,
  owner: Stripe.Subscription,
  draft: ItemDraft,
  created: number,
): Stripe.SubscriptionItem {
  const { current_period_start } = owner.items.data[0]!;
  const period = periodOf(owner, draft.price, current_period_start, created);
  return insertItem(ctx, draft, {
    customer: owner.customer as string,
    subscription: owner.id,
    created,
    period,
  });
}

/**
 * The current period of an item whose price is new to its subscription. The billing cycle stays as it is.
 * Source: https://docs.stripe.com/billing/subscriptions/mixed-interval.
 * @param earliest when the period begins at the earliest, in Unix seconds
 */
function periodOf(
  { billing_cycle_anchor, cancel_at, items, status, ...owner }: Stripe.Subscription,
  { recurring }: Pick<Stripe.Price, 'recurring'>,
  earliest: number,
  now: number,
): Period {
  const { current_period_start: start, current_period_end: end } = items.data[0]!;
  if (status === 'trialing' || !isFlexible(owner)) return { start, end };
  const full = periodAt(billing_cycle_anchor, recurring!, now);
  return { start: Math.max(full.start, earliest), end: Math.min(full.end, cancel_at ?? full.end) };
}
