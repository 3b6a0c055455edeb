import type { ErrorBody } from '../http/errors.js';
import type { Method } from '../http/route.js';

/** What can go wrong with a call; "effect" is what the call does to the account. */
export const faultKinds = [
  /** Does nothing for `waitMs`, then carries on, whether or not the caller still listens. */
  'wait',
  /** Has the effect; the reply trickles out over `waitMs`. */
  'drip',
  /** The connection is reset. */
  'reset_before_effect',
  'reset_after_effect',
  /** 500. */
  'error_before_effect',
  'error_after_effect',
  /** 500 at once; Stripe is still at work, and the effect comes after `waitMs`. */
  'error_then_effect',
  /** 403, as for a restricted key: https://docs.stripe.com/keys/restricted-api-keys */
  'no_permission',
  /** 429 with `reason` as `Stripe-Rate-Limited-Reason`, and `Stripe-Should-Retry` if `shouldRetry` is given. */
  'rate_limit',
  /** The rule's `error`. */
  'refuse',
  /** 409, and 429 as https://docs.stripe.com/rate-limits#object-lock-timeouts has it. */
  'lock_timeout',
  'lock_timeout_429',
  /** Has the effect; the connection ends after half of what Content-Length promises. */
  'half_body',
  /** Has the effect; the reply is whole, but no JSON. */
  'bad_json',
  /** Never answers; the idempotency key stays in use until the caller hangs up. */
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

/** Any error of Stripe's: for those whose cause the sandbox does not have. */
export interface ChosenError extends Pick<
  ErrorBody,
  'type' | 'code' | 'decline_code' | 'advice_code' | 'param'
> {
  /** The HTTP status, 400 to 599. */
  status: number;
  message?: string;
}

/** Which calls go wrong, and how. */
export interface FaultRule {
  /** Any, if absent. */
  method?: Method;
  /** One star stands for one segment, as in `/v1/payment_intents/*`; two for any number. Any, if absent. */
  path?: string;
  /** One of these is drawn for each call that goes wrong. */
  kinds: readonly [FaultKind, ...FaultKind[]];
  /** How many calls go wrong; once if there is no `share` either, else without end. */
  times?: number;
  /** The share of the matching calls that go wrong, 0 to 1. */
  share?: number;
  /** For `wait`, `drip` and `error_then_effect`; 1000 if absent. */
  waitMs?: number;
  /** For `rate_limit`; `endpoint-rate` if absent. */
  reason?: RateLimitReason;
  /** For `rate_limit`. */
  shouldRetry?: boolean;
  /** For `refuse`, which needs it. */
  error?: ChosenError;
  /** Of the draws; the sandbox's own if absent. */
  seed?: string;
}

/** Whether a path is one that the pattern means. */
export function matchesPath(pattern: string, path: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`).test(path);
}
