import type Stripe from 'stripe';
import type { DisputeStatus, PaymentDispute, PaymentRefund, RefundStatus } from './payment.js';
import { instantOf } from './payment-snapshot.stripe.js';

/** https://docs.stripe.com/api/refunds/object#refund_object-status; others are not final. */
const REFUND_STATUS: Readonly<Record<string, RefundStatus>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

/** https://docs.stripe.com/api/disputes/object#dispute_object-status; a closed inquiry has taken no money. */
const DISPUTE_STATUS: Readonly<Record<string, DisputeStatus>> = {
  won: 'WON',
  prevented: 'WON',
  warning_closed: 'WON',
  lost: 'LOST',
};

/** A refund for the record. */
export function paymentRefundOf({ id, amount, status, created }: Stripe.Refund): PaymentRefund {
  return {
    refundId: id,
    amountMinor: amount,
    status: REFUND_STATUS[status ?? ''] ?? 'PENDING',
    createdAt: instantOf(created),
  };
}

/** A dispute for the record. */
export function paymentDisputeOf(dispute: Stripe.Dispute): PaymentDispute {
  const { id, amount, status, reason, created, evidence_details: evidence } = dispute;
  return {
    disputeId: id,
    amountMinor: amount,
    status: DISPUTE_STATUS[status] ?? 'OPEN',
    stripeStatus: status,
    reason,
    dueBy: evidence.due_by === null ? null : instantOf(evidence.due_by),
    hasEvidence: evidence.has_evidence,
    isPastDue: evidence.past_due,
    submissionCount: evidence.submission_count,
    createdAt: instantOf(created),
  };
}
