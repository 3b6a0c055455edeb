import type Stripe from 'stripe';
import type { Context } from '../../context.js';

/** What a customer may change on a subscription item. */
export interface Offer {
  item: Stripe.SubscriptionItem;
  /** The prices that the customer can choose, with the item's own. Only one if it can't be changed. */
  prices: Stripe.Price[];
  /** The limits of the quantity; null if it can't be changed. */
  quantity: { minimum: number; maximum: number | null } | null;
}

/**
 * What a customer may change on a subscription; undefined if nothing. Subscriptions with several items can't be changed.
 * Source: https://docs.stripe.com/customer-management/configure-portal.
 */
export function offerFor(
  { store }: Context,
  { id, features }: Stripe.BillingPortal.Configuration,
  { items, currency }: Stripe.Subscription,
): Offer | undefined {
  const { enabled, default_allowed_updates: updates } = features.subscription_update;
  const [item, ...others] = items.data;
  if (!enabled || !item || others.length > 0) return undefined;
  const { products } = store.portalProducts.get(id)!;
  const own = products.find(({ product }) => product === item.price.product);
  const listed = products
    .flatMap(({ prices }) => prices.map((price) => store.prices.get(price)))
    .filter((price) => price !== undefined)
    .filter((price) => price.active && price.currency === currency && price.id !== item.price.id);
  const prices = [item.price, ...(updates.includes('price') ? listed : [])];
  const isAdjustable = updates.includes('quantity') && own?.adjustable_quantity.enabled === true;
  if (prices.length === 1 && !isAdjustable) return undefined;
  return { item, prices, quantity: isAdjustable ? own.adjustable_quantity : null };
}
