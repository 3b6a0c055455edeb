import { randomBytes } from 'node:crypto';
import type { NotificationType } from './notification-types.js';

/** Why an endpoint was switched off other than by its caller. */
export const DISABLED_REASONS = ['gone', 'unreachable', 'no-credential'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const URL_MAX_LENGTH = 2_000;
export const DESCRIPTION_MAX_LENGTH = 200;

/** Within the 24 to 64 bytes of the specification: https://www.standardwebhooks.com */
const SECRET_BYTES = 32;

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

/** What a caller decides about its endpoint. */
export interface EndpointRequest {
  url: string;
  /** Null for all. */
  types: readonly NotificationType[] | null;
  description: string | null;
}

/** Where a caller gets its notifications, without its secret. */
export interface Endpoint extends EndpointRequest {
  id: string;
  enabled: boolean;
  /** Null if it is enabled, or its caller has switched it off. */
  disabledReason: DisabledReason | null;
  createdAt: Date;
}

/** An endpoint that is switched on or off has no past. */
export const SWITCHED = { disabledReason: null, failingSince: null, pausedUntil: null };

/** What signs the notifications to one endpoint. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}
