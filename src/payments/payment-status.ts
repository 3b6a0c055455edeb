/** How a payment stands, in the words of `/status`. */
export type PaymentStatus = 'ACCEPTED' | 'PENDING' | 'FAILED';

/** What Stripe says of a payment, by the kind of object that it was asked about. */
export type PaymentState =
  | { kind: 'checkout'; status: string | null; paid: boolean }
  | { kind: 'paymentIntent'; status: string; declined: boolean; checkoutOpen: boolean }
  | { kind: 'charge' | 'invoice' | 'subscription'; status: string | null };

/** A payment as internal services ask after it. */
export interface PaymentReport {
  status: PaymentStatus;
  /** The caller's own name for it, where it gave one. */
  shopTransactionId: string | null;
}

/**
 * Stripe's final statuses by kind; every other is still pending.
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

/** Whether a payment has been made, may yet be, or will not be. */
export function paymentStatus(state: PaymentState): PaymentStatus {
  if (state.kind === 'checkout' && state.status === 'complete') return state.paid ? 'ACCEPTED' : 'PENDING';
  if (state.kind === 'paymentIntent' && isGivenUp(state)) return 'FAILED';
  return FINAL[state.kind][state.status ?? ''] ?? 'PENDING';
}

/** A declined card can be replaced by another one only while its holder is still at the page. */
function isGivenUp({ status, declined, checkoutOpen }: PaymentState & { kind: 'paymentIntent' }): boolean {
  return status === 'requires_payment_method' && declined && !checkoutOpen;
}
