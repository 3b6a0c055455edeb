/** Paid, not yet decided, or never to be paid. */
export type PaymentStatus = 'ACCEPTED' | 'PENDING' | 'FAILED';

/** The properties of a Stripe object that decide a payment's status, by the kind of object. */
export type PaymentState =
  | { kind: 'checkout'; status: string | null; paid: boolean }
  | { kind: 'paymentIntent'; status: string; declined: boolean; checkoutOpen: boolean }
  | { kind: 'charge' | 'invoice' | 'subscription'; status: string | null };

/** The status of a payment. */
export interface PaymentReport {
  status: PaymentStatus;
  /** The caller's own id of the payment; null if it gave none. */
  shopTransactionId: string | null;
}

/**
 * Stripe's final statuses by kind of object; every other status is pending.
 * https://docs.stripe.com/api/charges/object, https://docs.stripe.com/invoicing/overview#workflow,
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
const FINAL: Readonly<Record<PaymentState['kind'], Readonly<Record<string, PaymentStatus>>>> = {
  checkout: { expired: 'FAILED' },
  paymentIntent: { succeeded: 'ACCEPTED', canceled: 'FAILED' },
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

/** The status of a payment, from the state of its object at Stripe. */
export function paymentStatus(state: PaymentState): PaymentStatus {
  if (state.kind === 'checkout' && state.status === 'complete') return state.paid ? 'ACCEPTED' : 'PENDING';
  if (state.kind === 'paymentIntent' && isAbandoned(state)) return 'FAILED';
  return FINAL[state.kind][state.status ?? ''] ?? 'PENDING';
}

/** After a decline, the customer can try another card only while the Checkout page is open. */
function isAbandoned({ status, declined, checkoutOpen }: PaymentState & { kind: 'paymentIntent' }): boolean {
  return status === 'requires_payment_method' && declined && !checkoutOpen;
}
