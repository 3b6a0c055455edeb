/** The types of events that a webhook endpoint at Stripe has to send: https://docs.stripe.com/api/events/types */
export const CUSTOMER_EVENT_TYPES = ['customer.deleted'] as const;
export const REFUND_EVENT_TYPES = ['refund.failed', 'refund.updated', 'charge.refund.updated'] as const;
export const HANDLED_EVENT_TYPES: readonly string[] = [...CUSTOMER_EVENT_TYPES, ...REFUND_EVENT_TYPES];
