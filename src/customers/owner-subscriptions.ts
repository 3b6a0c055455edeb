/** An item of a subscription. */
export interface OwnedItem {
  id: string;
  priceId: string;
  productId: string;
  currency: string;
  /** Null if it is billed by usage. */
  quantity: number | null;
}

/** A subscription of an owner, as Stripe has it now. */
export interface OwnedSubscription {
  id: string;
  customer: string;
  /** Whether it was paid once, and has not ended. */
  isRunning: boolean;
  /** Whether its customer is not in arrears. */
  isActive: boolean;
  isTrialing: boolean;
  /** Whether it or one of its items has a discount of its own. */
  isDiscounted: boolean;
  /** In Unix seconds; null if it does not end. */
  cancelAt: number | null;
  cancelAtPeriodEnd: boolean;
  /** Whether its invoices are not collected for now. */
  isPaused: boolean;
  /** Whether the pause makes its invoices void. In a pause of another kind they may be collected later. */
  isFree: boolean;
  /** The schedule that manages it; null if there is none. */
  scheduleId: string | null;
  /** The operation that was the last to change it, see `tracedUpdate`; null if none has. */
  changeId: string | null;
  /** Of the current period, in Unix seconds. */
  periodStart: number;
  periodEnd: number;
  items: OwnedItem[];
}

/** The subscription to a product; undefined if there is none. */
export function subscriptionTo(
  subscriptions: readonly OwnedSubscription[],
  productId: string,
): OwnedSubscription | undefined {
  return subscriptions.find(({ items }) => items.some((item) => item.productId === productId));
}
