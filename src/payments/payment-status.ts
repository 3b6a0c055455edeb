import type { PaymentStatus } from './payment.js';
import type { SubscriptionStatus } from './subscription-record.js';

/** An object without a payment in the record, and its status at Stripe. */
export interface UnpaidState {
  kind: 'charge' | 'invoice' | 'subscription';
  status: string | null;
}

/** The status of a payment. */
export interface PaymentReport {
  paymentId: string;
  status: PaymentStatus;
  /** The caller's own id of the payment; null if it gave none. */
  shopTransactionId: string | null;
  amountMinor: number;
  /** Also what is still on its way back. */
  refundedMinor: number;
  currency: string;
  subscriptionId: string | null;
  /** Null for a payment without a subscription. */
  subscriptionStatus: SubscriptionStatus | null;
}

/**
 * Stripe's final statuses by kind of object; every other status is pending.
 * https://docs.stripe.com/api/charges/object, https://docs.stripe.com/invoicing/overview#workflow,
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
const FINAL: Readonly<Record<UnpaidState['kind'], Readonly<Record<string, PaymentStatus>>>> = {
  charge: { succeeded: 'ACCEPTED', failed: 'FAILED' },
  invoice: { paid: 'ACCEPTED', void: 'FAILED', uncollectible: 'FAILED' },
  subscription: {
    active: 'ACCEPTED',
    trialing: 'ACCEPTED',
    canceled: 'FAILED',
    incomplete_expired: 'FAILED',
    unpaid: 'FAILED',
  },
};

/** The status of an object for which nothing was paid or tried yet, or of a Charge without a PaymentIntent. */
export function unpaidStatus({ kind, status }: UnpaidState): PaymentStatus {
  return FINAL[kind][status ?? ''] ?? 'PENDING';
}
