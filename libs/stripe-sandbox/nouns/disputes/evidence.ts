import type Stripe from 'stripe';

/** The evidence of a new dispute: only what Stripe knows from the charge. */
export function evidenceFrom({ billing_details, receipt_email }: Stripe.Charge): Stripe.Dispute.Evidence {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: receipt_email ?? billing_details.email,
    customer_name: billing_details.name,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}

/** Whether the account has added evidence to what Stripe knows. */
export function hasOwnEvidence(evidence: Stripe.Dispute.Evidence, charge: Stripe.Charge): boolean {
  const known = evidenceFrom(charge);
  const fields = Object.keys(known) as (keyof Stripe.Dispute.Evidence)[];
  return fields.some((field) => typeof evidence[field] === 'string' && evidence[field] !== known[field]);
}
