import type { Owner } from '#core/actor.js';
import type { CheckoutStatus } from './payment.js';

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

/** An invoice of a subscription, also one that is still a draft. */
export interface SubscriptionInvoice {
  id: string;
  /** As Stripe names it: https://docs.stripe.com/api/invoices/object#invoice_object-status */
  status: string | null;
  totalMinor: number;
  currency: string;
  /** Stripe's page where it can be paid; null for a draft. */
  hostedUrl: string | null;
}

/** An invoice whose latest payment attempt has failed. */
export interface InvoiceFailure {
  invoice: SubscriptionInvoice;
  /** Differs from one failed attempt to the next. */
  attempt: string;
}

/** What Stripe says about a subscription at one moment. While its Checkout page is unpaid, there is only the page. */
export interface SubscriptionSnapshot {
  status: SubscriptionStatus;
  /** Of the Checkout page on which it was started; null if there was none. */
  checkoutStatus: CheckoutStatus | null;
  sessionId: string | null;
  /** Null while the Checkout page is unpaid. */
  subscriptionId: string | null;
  customerId: string | null;
  shopTransactionId: string | null;
  currentPeriodStart: Date | null;
  currentPeriodEnd: Date | null;
  cancelAt: Date | null;
  cancelAtPeriodEnd: boolean;
  endedAt: Date | null;
  items: SubscriptionItem[];
  latestInvoice: SubscriptionInvoice | null;
  createdAt: Date;
}

/** Whether and when a subscription ends. */
export type SubscriptionEnd = Pick<
  SubscriptionSnapshot,
  'status' | 'checkoutStatus' | 'cancelAt' | 'cancelAtPeriodEnd' | 'endedAt'
>;

/** A subscription in the record. */
export interface RecordedSubscription extends SubscriptionSnapshot {
  /** The first payment; null while it is not known. */
  paymentId: string | null;
  operationId: string | null;
  caller: string | null;
  tenant: Owner['tenant'] | null;
  userId: Owner['userId'] | null;
  /** The latest failed attempt of each invoice that was seen to fail, as in {@link InvoiceFailure}. */
  failedAttempts: Record<string, string>;
  updatedAt: Date;
  version: number;
}
