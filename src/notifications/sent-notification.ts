import type { DeliveryAttempt } from './endpoint.js';
import type { NotificationBody } from './notification.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Which notifications to list; each property that is present must match. */
export interface NotificationFilter {
  /** One that it was queued for. */
  endpointId?: string;
  subject?: string;
  paymentId?: string;
  type?: NotificationBody['type'];
  /** That of a delivery to one of the caller's endpoints. */
  state?: DeliveryState;
  /** Inclusive, by when it was stored. */
  since?: Date;
}

/** Whose notifications are read. */
export interface Viewer {
  caller: string;
  /** The tenant of a partner. */
  tenant: string | null;
  seesAll: boolean;
}

/** A notification and its deliveries to the caller's endpoints. */
export interface SentNotification {
  notification: Omit<NotificationBody, 'timestamp'> & {
    at: Date;
    position: number | null;
    paymentId: string | null;
  };
  deliveries: readonly {
    endpointId: string;
    state: DeliveryState;
    attempts: readonly DeliveryAttempt[];
  }[];
}
