export const TIMELINE_KINDS = ['request', 'stripe', 'event', 'change', 'notification', 'delivery'] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** One thing that happened to a payment. It has the fields that fit its kind. */
export interface TimelineEntry {
  /** ISO 8601 */
  at: string;
  kind: TimelineKind;
  /** Of a request: the operation that it started. */
  operationId?: string;
  /** Stripe's id of the call. https://docs.stripe.com/api/request_ids */
  requestId?: string;
  /** Stripe's id of the event. */
  eventId?: string;
  /** The type of the event or notification. */
  type?: string;
  /** The refund or dispute that changed; absent if the payment did. */
  objectId?: string;
  /** Of a change: the status before, null for something new. `to` of a delivery is `delivered` or `failed`. */
  from?: string | null;
  to?: string;
  notificationId?: string;
  /** The endpoint of a delivery. */
  endpointId?: string;
}

/** What the request that changed a payment adds to its timeline. @param requestId Stripe's id of the call */
export function requestEntries(
  at: string,
  operationId: string,
  requestId: string | undefined,
): TimelineEntry[] {
  const request: TimelineEntry = { at, kind: 'request', operationId };
  return requestId === undefined ? [request] : [request, { at, kind: 'stripe', requestId }];
}

/** What notifications add to the timeline of the payment that they are about. @param at when it changed */
export function notificationEntries(
  at: Date,
  notifications: readonly { id: string; type: string }[],
): TimelineEntry[] {
  return notifications.map(({ id, type }) => ({
    at: at.toISOString(),
    kind: 'notification',
    notificationId: id,
    type,
  }));
}
