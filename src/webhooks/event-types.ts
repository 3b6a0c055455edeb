/** The types of events that a webhook endpoint at Stripe has to send: https://docs.stripe.com/api/events/types */
export const CUSTOMER_EVENT_TYPES = ['customer.updated', 'customer.deleted'] as const;
export const PAYMENT_METHOD_EVENT_TYPES = [
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
] as const;
export const SETUP_INTENT_EVENT_TYPES = ['setup_intent.succeeded', 'setup_intent.setup_failed'] as const;
export const REFUND_EVENT_TYPES = [
  'refund.created',
  'refund.failed',
  'refund.updated',
  'charge.refund.updated',
] as const;
export const INTENT_EVENT_TYPES = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
] as const;
export const CHARGE_EVENT_TYPES = [
  'charge.captured',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
] as const;
export const CHECKOUT_EVENT_TYPES = [
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
] as const;
export const SUBSCRIPTION_EVENT_TYPES = [
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.resumed',
  'customer.subscription.trial_will_end',
  'customer.subscription.updated',
] as const;
export const INVOICE_EVENT_TYPES = [
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice.voided',
] as const;
export const HANDLED_EVENT_TYPES: readonly string[] = [
  ...CUSTOMER_EVENT_TYPES,
  ...PAYMENT_METHOD_EVENT_TYPES,
  ...SETUP_INTENT_EVENT_TYPES,
  ...REFUND_EVENT_TYPES,
  ...INTENT_EVENT_TYPES,
  ...CHARGE_EVENT_TYPES,
  ...CHECKOUT_EVENT_TYPES,
  ...SUBSCRIPTION_EVENT_TYPES,
  ...INVOICE_EVENT_TYPES,
];
