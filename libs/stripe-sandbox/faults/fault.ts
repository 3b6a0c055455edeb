import type { ErrorBody } from '../http/errors.js';
import type { Method } from '../http/route.js';

/** The faults of a call; "effect" is what the call does to the account. */
export const faultKinds = [
  /** Waits for `waitMs`, then runs the call, even if the caller has disconnected. */
  'wait',
  /** Has the effect; the reply is sent in pieces over `waitMs`. */
  'drip',
  /** The connection is reset. */
  'reset_before_effect',
  'reset_after_effect',
  /** 500. */
  'error_before_effect',
  'error_after_effect',
  /** 500 at once; the effect comes after `waitMs`. */
  'error_then_effect',
  /** 403, as for a restricted key: https://docs.stripe.com/keys/restricted-api-keys */
  'no_permission',
  /** 429 with `reason` as `Stripe-Rate-Limited-Reason`, and `Stripe-Should-Retry` if `shouldRetry` is given. */
  'rate_limit',
  /** The rule's `error`. */
  'refuse',
  /** 409, and the 429 of https://docs.stripe.com/rate-limits#object-lock-timeouts. */
  'lock_timeout',
  'lock_timeout_429',
  /** Has the effect; the connection ends after half of what Content-Length promises. */
  'half_body',
  /** Has the effect; the reply is complete, but not valid JSON. */
  'bad_json',
  /** Never answers; the idempotency key stays in use until the caller disconnects. */
  'silence_before_effect',
  'silence_after_effect',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Which limit was exceeded. Source: https://docs.stripe.com/rate-limits#handling-limiting-gracefully. */
export const rateLimitReasons = [
  'global-rate',
  'endpoint-rate',
  'global-concurrency',
  'endpoint-concurrency',
  'resource-specific',
] as const;

export type RateLimitReason = (typeof rateLimitReasons)[number];

/** A Stripe error whose cause the sandbox does not model. */
export interface ChosenError extends Pick<
  ErrorBody,
  'type' | 'code' | 'decline_code' | 'advice_code' | 'param'
> {
  /** The HTTP status, 400 to 599. */
  status: number;
  message?: string;
}

/** Which calls fail, and how. */
export interface FaultRule {
  /** Any, if absent. */
  method?: Method;
  /** `*` matches one segment, as in `/v1/payment_intents/*`; `**` any number. Any path, if absent. */
  path?: string;
  /** One of these is chosen at random for each call that fails. */
  kinds: readonly [FaultKind, ...FaultKind[]];
  /** How many calls fail; without it 1, or with `share` no limit. */
  times?: number;
  /** The fraction of the matching calls that fail, 0 to 1. */
  share?: number;
  /** For `wait`, `drip` and `error_then_effect`; 1000 if absent. */
  waitMs?: number;
  /** For `rate_limit`; `endpoint-rate` if absent. */
  reason?: RateLimitReason;
  /** For `rate_limit`. */
  shouldRetry?: boolean;
  /** For `refuse`, which needs it. */
  error?: ChosenError;
  /** Seeds the random choices; the sandbox's seed if absent. */
  seed?: string;
}

/** Whether a path matches a pattern of a rule. */
export function matchesPath(pattern: string, path: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`).test(path);
}
