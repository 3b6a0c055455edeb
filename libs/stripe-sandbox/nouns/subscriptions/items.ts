import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { applyRedemptions } from '../discounts/discount.js';
import { readRedemptions, type Redemption } from '../discounts/redemption.js';
import { draftInlinePrice, insertPrice, type PriceDraft } from '../prices/price.js';
import { isFlexible } from './billing-mode.js';
import { isMultipleOf, isSameInterval, type Period, type Recurrence } from './billing-period.js';
import type { newItemParams } from './params.js';
import { planOf } from '../prices/plan.js';

/** A validated item that is not stored yet. Its price may not be stored either. */
export interface ItemDraft {
  price: Stripe.Price | PriceDraft;
  quantity: number;
  metadata: Record<string, string>;
  /** undefined keeps those of an existing item. */
  redemptions?: readonly Redemption[] | undefined;
}

/**
 * Validates the items of a new subscription.
 * Source: https://docs.stripe.com/api/subscriptions/create#create_subscription-items.
 * @param kept prices that may be inactive, because the subscription has them already
 * @throws StripeFailure 400 naming the item whose price is not recurring or inactive
 */
export function readItems(
  ctx: Context,
  given: Params<typeof newItemParams>[],
  customer: string | null,
  kept: ReadonlySet<string> = new Set(),
): ItemDraft[] {
  if (given.length > 20) {
    throw failures.invalidRequest('A subscription can have up to 20 items.', { param: 'items' });
  }
  return given.map((item, index) => {
    const price = readRecurringPrice(ctx, item, `items[${index}]`, kept);
    const redeemer = { customer, currency: price.currency };
    return {
      price,
      quantity: item.quantity ?? 1,
      metadata: mergeMetadata({}, item.metadata),
      redemptions: readRedemptions(ctx, item.discounts, redeemer, `items[${index}][discounts]`),
    };
  });
}

/**
 * The price of an item, or the draft of a new one.
 * @throws StripeFailure 400 for a price that is not recurring or inactive
 */
export function readRecurringPrice(
  ctx: Context,
  { plan, price = plan, price_data }: Params<typeof newItemParams>,
  parent: string,
  kept: ReadonlySet<string> = new Set(),
): Stripe.Price | PriceDraft {
  if (plan !== undefined && price !== plan) throw failures.exclusive(`${parent}[price]`, `${parent}[plan]`);
  const param = `${parent}[${plan === undefined ? 'price' : 'plan'}]`;
  if (price !== undefined && price_data) throw failures.exclusive(param, `${parent}[price_data]`);
  if (price_data) return draftInlinePrice(ctx, price_data, `${parent}[price_data]`);
  if (price === undefined) throw failures.missing(param);
  const found = fromParam(ctx.store.prices, price, param);
  if (!found.active && !kept.has(found.id)) {
    throw failures.invalidRequest('The price specified is inactive. This field only accepts active prices.', {
      param,
    });
  }
  if (!found.recurring) {
    throw failures.invalidRequest(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param },
    );
  }
  return found;
}

/**
 * Checks that prices can be items of one subscription.
 * @throws StripeFailure 400 for different currencies, the same price twice, or intervals that do not go together
 */
export function requireCompatiblePrices(
  prices: readonly (Stripe.Price | PriceDraft)[],
  owner: Pick<Stripe.Subscription, 'billing_mode'>,
): void {
  requireCompatibleIntervals(
    prices.map(({ recurring }) => recurring!),
    owner,
  );
  const [first] = prices;
  const seen = new Set<string>();
  for (const price of prices) {
    if (price.currency !== first!.currency) {
      throw failures.invalidRequest(
        `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${first!.currency}\`.`,
        { param: 'items' },
      );
    }
    if (!('id' in price)) continue;
    if (seen.has(price.id)) {
      throw failures.invalidRequest(
        `Cannot add multiple subscription items with the same plan: ${price.id}`,
        { param: 'items' },
      );
    }
    seen.add(price.id);
  }
}

/**
 * Intervals must be the same, or in flexible billing mode multiples of the shortest one.
 * Source: https://docs.stripe.com/billing/subscriptions/mixed-interval.
 */
function requireCompatibleIntervals(
  intervals: readonly Recurrence[],
  owner: Pick<Stripe.Subscription, 'billing_mode'>,
): void {
  const isAllowed = isFlexible(owner) ? isMultipleOf : isSameInterval;
  if (intervals.length === 0) return;
  if (intervals.some((shortest) => intervals.every((interval) => isAllowed(interval, shortest)))) return;
  throw failures.invalidRequest(
    'Currency and interval fields must match across all plans on this subscription. Found mismatch in interval field.',
    { param: 'items' },
  );
}

/** A new item, with its price stored. Source: https://docs.stripe.com/api/subscription_items/object. */
export function insertItem(
  ctx: Context,
  { price: given, quantity, metadata, redemptions = [] }: ItemDraft,
  owner: { customer: string; subscription: string; created: number; period: Period },
): Stripe.SubscriptionItem {
  const price = 'id' in given ? given : insertPrice(ctx, given);
  const { customer, subscription, created, period } = owner;
  const { id } = ctx.store.itemOwners.insert({ id: newId('subscriptionItem'), subscription });
  return {
    id,
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: applyRedemptions(ctx, redemptions, { customer, subscription, subscription_item: id }),
    metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  };
}

/** An item with another current period. */
export const inPeriod = (item: Stripe.SubscriptionItem, { start, end }: Period): Stripe.SubscriptionItem => ({
  ...item,
  current_period_start: start,
  current_period_end: end,
});

/** The `items` of a subscription. */
const itemList = (
  subscription: string,
  data: Stripe.SubscriptionItem[],
): Stripe.ApiList<Stripe.SubscriptionItem> => ({
  object: 'list',
  data,
  has_more: false,
  url: `/v1/subscription_items?subscription=${subscription}`,
});

/** A subscription's items, with the `plan` and `quantity` of its only one, which Stripe keeps for older clients. */
export function itemFields(
  subscription: string,
  data: Stripe.SubscriptionItem[],
): Pick<Stripe.Subscription, 'items'> {
  const sole = data.length === 1 ? data[0] : undefined;
  const olderFields = { plan: sole?.plan ?? null, quantity: sole?.quantity ?? null };
  return { items: itemList(subscription, data), ...olderFields };
}
