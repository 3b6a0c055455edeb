import type { Owner } from '#core/actor.js';

/** How a payment was started: by charging a saved card, on a Checkout page, or by a subscription. */
export const PAYMENT_TYPES = ['charge', 'checkout', 'subscription'] as const;
export type PaymentType = (typeof PAYMENT_TYPES)[number];

/** Not yet decided, paid, or never to be paid. */
export const PAYMENT_STATUSES = ['PENDING', 'ACCEPTED', 'FAILED'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-status */
export const CHECKOUT_STATUSES = ['open', 'complete', 'expired'] as const;
export type CheckoutStatus = (typeof CHECKOUT_STATUSES)[number];

/** The state of a payment at Stripe, as far as callers are notified of it. */
export const PAYMENT_STAGES = [
  'open',
  'action_required',
  'processing',
  'succeeded',
  'failed',
  'canceled',
  'expired',
] as const;
export type PaymentStage = (typeof PAYMENT_STAGES)[number];

export const REFUND_STATUSES = ['PENDING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

export const DISPUTE_STATUSES = ['OPEN', 'WON', 'LOST'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

const STATUS_BY_STAGE: Readonly<Record<PaymentStage, PaymentStatus>> = {
  open: 'PENDING',
  action_required: 'PENDING',
  processing: 'PENDING',
  succeeded: 'ACCEPTED',
  failed: 'FAILED',
  canceled: 'FAILED',
  expired: 'FAILED',
};

/** The status of a payment at a stage. */
export function statusOf(stage: PaymentStage): PaymentStatus {
  return STATUS_BY_STAGE[stage];
}

/** The state of a payment whose Checkout Session has expired. */
export const EXPIRED = {
  stage: 'expired',
  status: statusOf('expired'),
  checkoutStatus: 'expired',
} as const satisfies Partial<RecordedPayment>;

/** A refund of a payment. https://docs.stripe.com/api/refunds/object */
export interface PaymentRefund {
  refundId: string;
  amountMinor: number;
  status: RefundStatus;
  createdAt: Date;
}

/** A dispute of a payment. https://docs.stripe.com/api/disputes/object */
export interface PaymentDispute {
  disputeId: string;
  amountMinor: number;
  status: DisputeStatus;
  /** Stripe's own status, such as `needs_response`; null if it was recorded before this was kept. */
  stripeStatus: string | null;
  /** Stripe's code, such as `fraudulent`. */
  reason: string;
  /** When the evidence is due; null if none can be sent any more. */
  dueBy: Date | null;
  hasEvidence: boolean;
  isPastDue: boolean;
  /** How often evidence was sent to the bank. */
  submissionCount: number;
  createdAt: Date;
}

/** What Stripe says about a payment at one moment. Amounts are in minor units of `currency`. */
export interface PaymentSnapshot {
  type: PaymentType;
  stage: PaymentStage;
  /** Of its Checkout page; null if it has none. */
  checkoutStatus: CheckoutStatus | null;
  sessionId: string | null;
  paymentIntentId: string | null;
  chargeId: string | null;
  invoiceId: string | null;
  subscriptionId: string | null;
  customerId: string | null;
  shopTransactionId: string | null;
  amountMinor: number;
  currency: string;
  /** Null until Stripe has settled it, and if it was settled in another currency. */
  feeMinor: number | null;
  netMinor: number | null;
  /** Stripe's type of the payment method, such as `card`; null until one was tried. */
  methodType: string | null;
  cardBrand: string | null;
  cardLast4: string | null;
  createdAt: Date;
}

/** A payment in the record, with its refunds and disputes, oldest first. */
export interface RecordedPayment extends PaymentSnapshot {
  /** What the caller was given: the id of the Checkout Session, or else of the PaymentIntent. */
  paymentId: string;
  status: PaymentStatus;
  operationId: string | null;
  caller: string | null;
  tenant: Owner['tenant'] | null;
  userId: Owner['userId'] | null;
  refundedMinor: number;
  disputedMinor: number;
  updatedAt: Date;
  version: number;
  refunds: readonly PaymentRefund[];
  disputes: readonly PaymentDispute[];
}

/** The operation that started a payment or changed it. */
export interface PaymentOperation {
  operationId: string;
  caller: string;
}

/** The id under which callers know a payment. */
export function paymentIdOf({
  sessionId,
  paymentIntentId,
  chargeId,
}: Pick<PaymentSnapshot, 'sessionId' | 'paymentIntentId' | 'chargeId'>): string {
  const id = sessionId ?? paymentIntentId ?? chargeId;
  if (id === null) throw new Error('a payment has at least one object at Stripe');
  return id;
}

/** How much of a payment is refunded, or on its way back. */
export function refundedMinorOf(refunds: readonly Pick<PaymentRefund, 'status' | 'amountMinor'>[]): number {
  return sumOf(refunds.filter(({ status }) => status === 'PENDING' || status === 'SUCCEEDED'));
}

/** How much of a payment is disputed, apart from disputes that we have won. */
export function disputedMinorOf(disputes: readonly Pick<PaymentDispute, 'status' | 'amountMinor'>[]): number {
  return sumOf(disputes.filter(({ status }) => status !== 'WON'));
}

function sumOf(amounts: readonly { amountMinor: number }[]): number {
  return amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}
