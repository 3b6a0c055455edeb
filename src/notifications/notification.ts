import type { NotificationType, TEST_TYPE } from './notification-types.js';

/** One change, as its module reports it to the outbox. */
export interface NotificationFact {
  type: NotificationType;
  /** What it is about: notifications of one subject are numbered and delivered in order. */
  subject: string;
  /** When it happened. */
  at: Date;
  /** What the receiver gets as `data`. No secrets, no personal data. */
  data: Record<string, unknown>;
  /** The tenant whose partner may see it; null if unknown. */
  tenant: string | null;
  userId: string | null;
  /** The caller who started the payment or operation; it may see the notification. Null if unknown. */
  caller: string | null;
  /** The payment that it belongs to, for lists and timelines. */
  paymentId: string | null;
  /** The body for `PAYMENT_CALLBACK_URL`; absent if it does not get this notification. */
  callback?: Record<string, unknown>;
}

/** What a receiver gets. */
export interface NotificationBody {
  /** The same at every endpoint and every attempt. */
  id: string;
  type: NotificationType | typeof TEST_TYPE;
  /** When it happened, in ISO 8601. */
  timestamp: string;
  subject: string;
  /** Counts the notifications of a subject from 1, without gaps. */
  sequence: number;
  data: Record<string, unknown>;
}
