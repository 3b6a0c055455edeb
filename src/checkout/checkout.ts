import type { Owner } from '#core/actor.js';
import type { Currency } from '#core/currency.js';
import type { Recurrence } from './recurrence.js';

/** Something of a price that is kept at Stripe. */
export interface PriceItem {
  priceId: string;
  quantity: number;
}

/** Something of a price that the request tells: a product kept at Stripe, or one made up by its name. */
export interface PricedItem {
  product: { id: string } | { name: string };
  quantity: number;
  unitAmountMinor: number;
  /** Present in subscriptions only. */
  recurrence?: Recurrence | undefined;
}

export type CheckoutItem = PriceItem | PricedItem;

/** What a customer is to pay on Stripe's page, once or again and again. */
export interface CheckoutCommand {
  mode: 'payment' | 'subscription';
  /** In the order of the request: a problem names an item by its index. */
  items: readonly CheckoutItem[];
  /** Absent where all items are Prices and the request names none: theirs counts. */
  currency?: Currency | undefined;
  successRedirect: string;
  failureRedirect: string;
  /** The caller's own name for the payment; every Stripe object of it carries it. */
  shopTransactionId?: string | undefined;
  owner?: Owner | undefined;
  description?: string | undefined;
}

/** A page of Stripe's where the customer pays. */
export interface Checkout {
  /** The Checkout Session's id. */
  id: string;
  /** Null once the page is closed. */
  url: string | null;
}

/** A Price kept at Stripe, as far as selling it goes. https://docs.stripe.com/api/prices/object */
export interface Price {
  active: boolean;
  currency: string;
  /** Null where it is not a plain amount per unit. */
  unitAmountMinor: number | null;
  /** Absent for a one-time price. */
  recurrence?: Recurrence | undefined;
  /** Billed by usage, which Checkout takes no quantity of. */
  metered: boolean;
}

export function isPriceItem(item: CheckoutItem): item is PriceItem {
  return 'priceId' in item;
}
