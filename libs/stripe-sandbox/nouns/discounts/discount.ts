import { DateTime } from 'luxon';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { omit } from '../../omit.js';
import { newId } from '../../store/ids.js';
import { countCouponRedemption } from '../coupons/coupon.js';
import { countCodeRedemption } from '../promotion-codes/promotion-code.js';
import type { NewRedemption, Redemption } from './redemption.js';

/** What a discount is applied to. */
type Target = Partial<
  Pick<
    Stripe.Discount,
    'checkout_session' | 'invoice' | 'invoice_item' | 'subscription' | 'subscription_item'
  >
> & { customer: string | null };

/** Turns redemptions into discounts, and keeps those that are there already. @returns the ids of the discounts */
export const applyRedemptions = (
  ctx: Context,
  redemptions: readonly Redemption[],
  target: Target,
): string[] =>
  redemptions.map((redemption) => {
    if ('existing' in redemption) return redemption.existing;
    const discount = insertDiscount(ctx, redemption, target);
    countRedemption(ctx, discount);
    return discount.id;
  });

/**
 * A new discount, whose redemption is not counted yet. Source: https://docs.stripe.com/api/discounts/object.
 * @param replaced the customer's discount until now
 */
export function insertDiscount(
  ctx: Context,
  { terms, coupon, promotionCode }: NewRedemption,
  target: Target,
  replaced?: Stripe.Discount,
): Stripe.Discount {
  const id = newId('discount');
  const start = ctx.now(target.customer);
  const months = ctx.store.coupons.get(coupon)?.duration_in_months ?? null;
  const end = months === null ? null : monthsAfter(start, months);
  const discount = ctx.store.discounts.insert({
    id,
    object: 'discount',
    checkout_session: null,
    customer_account: null,
    end,
    invoice: null,
    invoice_item: null,
    promotion_code: promotionCode,
    source: { coupon, type: 'coupon' },
    start,
    subscription: null,
    subscription_item: null,
    ...target,
  });
  ctx.store.discountTerms.insert({ id, ...terms });
  schedule(ctx, 'discounts', id, { at: end, customer: target.customer });
  if (replaced) ctx.emit('customer.discount.updated', discount, replaced);
  else if (isOfCustomer(discount)) ctx.emit('customer.discount.created', discount);
  return discount;
}

/** Counts the redemption that a discount is. */
export function countRedemption(ctx: Context, { source, promotion_code }: Stripe.Discount): void {
  const code = ctx.store.promotionCodes.get((promotion_code as string | null) ?? '');
  if (code) countCodeRedemption(ctx, code);
  const coupon = ctx.store.coupons.get(source.coupon as string);
  if (coupon) countCouponRedemption(ctx, coupon);
}

/** Ends a discount that has run its time or was used once, and takes it off what it was applied to. */
export function endDiscount(ctx: Context, id: string): void {
  const discount = ctx.store.discounts.get(id)!;
  takeOff(ctx, discount);
  if (isOfCustomer(discount)) ctx.emit('customer.discount.deleted', discount);
}

function takeOff(ctx: Context, discount: Stripe.Discount): void {
  const { id } = discount;
  schedule(ctx, 'discounts', id, { at: null });
  const without = (discounts: readonly (string | Stripe.Discount)[]): string[] =>
    (discounts as string[]).filter((each) => each !== id);
  const subscription = ctx.store.subscriptions.get(discount.subscription ?? '');
  if (subscription) {
    const data = subscription.items.data.map((item) => ({ ...item, discounts: without(item.discounts) }));
    const items = { ...subscription.items, data };
    ctx.store.subscriptions.update(subscription.id, { discounts: without(subscription.discounts), items });
  }
  const customer = ctx.store.customers.get((discount.customer as string | null) ?? '');
  if (customer?.discount?.id === id) ctx.store.customers.update(customer.id, { discount: null });
}

/** A discount that was taken off, as the routes that delete it return it. */
export const toDeletedDiscount = (discount: Stripe.Discount): Stripe.DeletedDiscount => ({
  ...omit(discount, 'end'),
  deleted: true,
});

/**
 * Gives a customer one discount, or none, in place of the one it had.
 * Source: https://docs.stripe.com/api/events/types#event_types-customer.discount.updated.
 */
export function setCustomerDiscount(ctx: Context, id: string, redemption: NewRedemption | undefined): void {
  const { discount: old } = ctx.store.customers.get(id)!;
  if (!redemption) {
    if (old) endDiscount(ctx, old.id);
    return;
  }
  if (old) takeOff(ctx, old);
  const discount = insertDiscount(ctx, redemption, { customer: id }, old ?? undefined);
  countRedemption(ctx, discount);
  ctx.store.customers.update(id, { discount });
}

/** Whether Stripe emits events about a discount: it belongs to a customer or a subscription for a time. */
const isOfCustomer = ({ checkout_session, invoice, invoice_item }: Stripe.Discount): boolean =>
  checkout_session === null && invoice === null && invoice_item === null;

const monthsAfter = (start: number, months: number): number =>
  DateTime.fromSeconds(start, { zone: 'utc' }).plus({ months }).toUnixInteger();
