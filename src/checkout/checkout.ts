import type { Owner } from '#core/actor.js';
import type { Currency } from '#core/currency.js';
import type { Recurrence } from './recurrence.js';

/** An item with a Price that exists at Stripe. */
export interface PriceItem {
  priceId: string;
  quantity: number;
}

/** An item with a price of its own: of a Product that exists at Stripe, or of one that is created by name. */
export interface PricedItem {
  product: { id: string } | { name: string };
  quantity: number;
  unitAmountMinor: number;
  /** Present for subscriptions only. */
  recurrence?: Recurrence | undefined;
}

export type CheckoutItem = PriceItem | PricedItem;

/** A payment or subscription to start on a Checkout page. */
export interface CheckoutCommand {
  mode: 'payment' | 'subscription';
  /** In the order of the request: a problem names an item by its index. */
  items: readonly CheckoutItem[];
  /** Absent if all items are Prices and the request names no currency: that of the first Price applies. */
  currency?: Currency | undefined;
  successRedirect: string;
  failureRedirect: string;
  /** The caller's own id of the payment, stored with its objects at Stripe. */
  shopTransactionId?: string | undefined;
  owner?: Owner | undefined;
  description?: string | undefined;
}

/** A subscription that a user starts to one of SUBSCRIBABLE_PRICES. */
export interface SubscribeCommand {
  priceId: string;
  successRedirect: string;
  failureRedirect: string;
}

/** A Checkout page of Stripe's, where the customer pays. */
export interface Checkout {
  /** The Checkout Session's id. */
  id: string;
  /** Null once the session has expired or is complete. */
  url: string | null;
}

/** The properties of a Price that decide whether it can be sold. https://docs.stripe.com/api/prices/object */
export interface Price {
  productId: string;
  active: boolean;
  currency: string;
  /** Null if it is not a fixed amount per unit. */
  unitAmountMinor: number | null;
  /** Absent for a one-time price. */
  recurrence?: Recurrence | undefined;
  /** Billed by usage: Checkout accepts no quantity for it. */
  metered: boolean;
}

/** Whether an item is a Price that exists at Stripe. */
export function isPriceItem(item: CheckoutItem): item is PriceItem {
  return 'priceId' in item;
}
