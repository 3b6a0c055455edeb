/** What a notification can report. */
export const NOTIFICATION_TYPES = [
  'payment.succeeded',
  'payment.failed',
  'payment.processing',
  'payment.action_required',
  'payment.canceled',
  'refund.succeeded',
  'refund.failed',
  'checkout.completed',
  'checkout.expired',
  'subscription.active',
  'subscription.past_due',
  'subscription.recovered',
  'subscription.canceled',
  'invoice.payment_failed',
  'dispute.opened',
  'dispute.closed',
  'payment_method.attached',
  'payment_method.detached',
  'operation.needs_review',
] as const;

export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** The type of the notification that a caller sends to its own endpoint to test it. */
export const TEST_TYPE = 'endpoint.test';

/** Whether a text names a type that an endpoint can ask for. */
export function isNotificationType(text: string): text is NotificationType {
  return (NOTIFICATION_TYPES as readonly string[]).includes(text);
}
