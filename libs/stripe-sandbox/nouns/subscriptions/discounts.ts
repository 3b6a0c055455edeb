import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { Params } from '../../http/params.js';
import { applyRedemptions, endDiscount } from '../discounts/discount.js';
import { readOlderRedemptions, readRedemptions, type Redemption } from '../discounts/redemption.js';
import { reduceLines } from '../discounts/reduce.js';
import { inheritedDiscounts } from '../invoices/discounted.js';
import { amountOf } from '../prices/price.js';
import type { updateParams } from './params.js';

/**
 * The discounts that an update gives to a subscription; undefined if it does not name any.
 * @throws StripeFailure 400 for what can't be redeemed
 */
export function readSubscriptionRedemptions(
  ctx: Context,
  { customer, currency, discounts }: Stripe.Subscription,
  params: Params<typeof updateParams>,
): Redemption[] | undefined {
  const redeemer = { customer: customer as string, currency, existing: discounts as string[] };
  return readRedemptions(ctx, params.discounts, redeemer) ?? readOlderRedemptions(ctx, params, redeemer);
}

/** Replaces a subscription's discounts. @returns their ids */
export function replaceDiscounts(
  ctx: Context,
  { id, customer, discounts }: Stripe.Subscription,
  redemptions: readonly Redemption[],
): string[] {
  const kept = new Set(redemptions.flatMap((each) => ('existing' in each ? [each.existing] : [])));
  for (const old of discounts as string[]) if (!kept.has(old)) endDiscount(ctx, old);
  return applyRedemptions(ctx, redemptions, { customer: customer as string, subscription: id });
}

/** Items with the discounts that they have now: an invoice may have used some. */
export function withCurrentDiscounts(
  { store }: Context,
  subscription: string,
  items: readonly Stripe.SubscriptionItem[],
): Stripe.SubscriptionItem[] {
  const current = store.subscriptions.get(subscription)!.items.data;
  return items.map((item) => ({
    ...item,
    discounts: current.find(({ id }) => id === item.id)?.discounts ?? item.discounts,
  }));
}

/**
 * What an item of a subscription costs for a full period after discounts, in minor units. Prorations are a part of
 * that: https://docs.stripe.com/billing/subscriptions/coupons#set-eligible-products.
 */
export function discountedAmount(
  ctx: Context,
  owner: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): number {
  const termsOf = (id: string | Stripe.Discount) => ctx.store.discountTerms.get(id as string)!;
  const items = [item, ...owner.items.data.filter(({ id }) => id !== item.id)];
  const customer = ctx.store.customers.get(owner.customer as string)!;
  const [reductions] = reduceLines(
    items.map(({ discounts, price, quantity = 1 }) => ({
      amount: amountOf(price, quantity),
      discountable: true,
      product: price.product as string,
      discounts: discounts.map(termsOf),
    })),
    inheritedDiscounts(ctx, customer, owner).map(termsOf),
    owner.currency,
  );
  const amount = amountOf(item.price, item.quantity ?? 1);
  return reductions!.reduce((left, reduction) => left - reduction.amount, amount);
}
