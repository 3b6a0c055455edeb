/** https://docs.stripe.com/api/subscriptions/object#subscription_object-status, in fewer words. */
export const SUBSCRIPTION_STATUSES = ['PENDING', 'ACTIVE', 'PAST_DUE', 'EXPIRED', 'CANCELED'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** An item of a subscription. */
export interface SubscriptionItem {
  priceId: string;
  productId: string;
  /** Null if the price is not a fixed amount per unit. */
  unitAmountMinor: number | null;
  currency: string;
  /** Null if it is billed by usage. */
  quantity: number | null;
  interval: string;
  intervalCount: number;
}

/** The latest invoice of a subscription, also one that is still a draft. */
export interface LatestInvoice {
  id: string;
  /** As Stripe names it: https://docs.stripe.com/api/invoices/object#invoice_object-status */
  status: string | null;
  totalMinor: number;
  currency: string;
  /** Stripe's page where it can be paid; null for a draft. */
  hostedUrl: string | null;
}
