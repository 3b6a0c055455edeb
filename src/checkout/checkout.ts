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

/** Settings of a Checkout page that have a default. https://docs.stripe.com/api/checkout/sessions/create */
export interface CheckoutOptions {
  /** Stored with the payment or subscription at Stripe, and with its page. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Filled in on the page, if the payment belongs to no owner. */
  customerEmail?: string | undefined;
  /** The language of the page: one of `LOCALES`. */
  locale?: string | undefined;
  /** How long the page stays open; 24 hours by default. */
  expiresInMinutes?: number | undefined;
  /** Whether a payment is only authorized, and captured later. Not for subscriptions. */
  captureManually?: boolean | undefined;
  /** The length of a subscription's trial. */
  trialDays?: number | undefined;
  allowPromotionCodes?: boolean | undefined;
  /** Stripe's types, or `dynamic` for all that the account has switched on and that fit; cards by default. */
  paymentMethods?: 'dynamic' | readonly string[] | undefined;
}

/** A payment or subscription to start on a Checkout page. */
export interface CheckoutCommand extends CheckoutOptions {
  mode: 'payment' | 'subscription';
  /** In the order of the request: a problem names an item by its index. */
  items: readonly CheckoutItem[];
  /** Absent if all items are Prices and the request names no currency: that of the first Price applies. */
  currency?: Currency | undefined;
  successRedirect: string;
  failureRedirect: string;
  /** The caller's own id of the payment, stored with its objects at Stripe. */
  shopTransactionId?: string | undefined;
  /** Whether another payment with this `shopTransactionId` may be open or paid. */
  allowDuplicate?: boolean | undefined;
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
