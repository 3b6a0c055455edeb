import { metadata } from '../../http/metadata.js';
import { boolean, object, string, unsettable } from '../../http/params.js';

const line = unsettable(string());
const text = unsettable(string({ maxLength: 20_000 }));

/** Source: https://docs.stripe.com/api/disputes/update. Only text evidence: the sandbox has no file uploads. */
export const updateParams = {
  evidence: object({
    access_activity_log: text,
    billing_address: line,
    cancellation_policy_disclosure: text,
    cancellation_rebuttal: text,
    customer_email_address: line,
    customer_name: line,
    customer_purchase_ip: line,
    duplicate_charge_explanation: text,
    duplicate_charge_id: line,
    product_description: text,
    refund_policy_disclosure: text,
    refund_refusal_explanation: text,
    service_date: line,
    shipping_address: line,
    shipping_carrier: line,
    shipping_date: line,
    shipping_tracking_number: line,
    uncategorized_text: text,
  }),
  metadata: metadata(),
  submit: boolean(),
};
