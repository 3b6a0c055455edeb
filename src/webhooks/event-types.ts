/** The types of events that a webhook endpoint at Stripe has to send: https://docs.stripe.com/api/events/types */
export const CUSTOMER_EVENT_TYPES = ['customer.updated', 'customer.deleted'] as const;
export const PAYMENT_METHOD_EVENT_TYPES = [
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
] as const;
export const SETUP_INTENT_EVENT_TYPES = ['setup_intent.succeeded', 'setup_intent.setup_failed'] as const;
export const REFUND_EVENT_TYPES = ['refund.failed', 'refund.updated', 'charge.refund.updated'] as const;
export const HANDLED_EVENT_TYPES: readonly string[] = [
  ...CUSTOMER_EVENT_TYPES,
  ...PAYMENT_METHOD_EVENT_TYPES,
  ...SETUP_INTENT_EVENT_TYPES,
  ...REFUND_EVENT_TYPES,
];
