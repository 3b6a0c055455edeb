import { type DisputeView, disputeView } from '../payments/payment-view.js';
import type { RecordedDispute } from '../payments/dispute-record.store.js';

/** Evidence that is a text; other evidence is a file. https://docs.stripe.com/api/disputes/evidence_object */
export const EVIDENCE_FIELDS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
] as const;
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number];
export type Evidence = Partial<Record<EvidenceField, string>>;

/** Evidence to add to a dispute. */
export interface EvidenceCommand {
  disputeId: string;
  /** Merged into what is there. */
  evidence: Evidence;
  /** Whether all evidence is sent to the bank, which is possible once. Otherwise it is kept at Stripe. */
  isSubmitted: boolean;
}

/** A dispute as services see it, beside its payment. */
export interface AnsweredDispute extends DisputeView {
  paymentID: string;
  currency: string;
  stripeStatus: string | null;
  evidenceDetails: { hasEvidence: boolean; pastDue: boolean; submissionCount: number };
  createdAt: string;
}

/** Shows a dispute of the record to services. */
export function answeredDispute(dispute: RecordedDispute): AnsweredDispute {
  const { paymentId: paymentID, currency, stripeStatus, hasEvidence, isPastDue, submissionCount } = dispute;
  return {
    ...disputeView(dispute, currency),
    paymentID,
    currency,
    stripeStatus,
    evidenceDetails: { hasEvidence, pastDue: isPastDue, submissionCount },
    createdAt: dispute.createdAt.toISOString(),
  };
}
