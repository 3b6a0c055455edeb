import type { NotificationType } from './notification-types.js';

/** Why an endpoint was switched off other than by its caller. */
export const DISABLED_REASONS = ['gone', 'unreachable', 'no-credential'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** One request to an endpoint. */
export interface DeliveryAttempt {
  /** In ISO 8601. */
  at: string;
  /** The HTTP status; null without a complete answer. */
  status: number | null;
  durationMs: number;
  /** The beginning of the answer, or why there is none. */
  answer: string;
}

/** Where a caller gets its notifications, without its secret. */
export interface Endpoint {
  id: string;
  url: string;
  /** Null for all. */
  types: readonly NotificationType[] | null;
  description: string | null;
  enabled: boolean;
  /** Null if it is enabled, or its caller has switched it off. */
  disabledReason: DisabledReason | null;
  createdAt: Date;
}
