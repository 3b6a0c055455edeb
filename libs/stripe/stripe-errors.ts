import Stripe from 'stripe';
import { Problem, type ProblemExtras, type ProblemSlug } from '../../src/core/problem.js';

/** Failures that can only happen before a request has left this machine. */
const NOTHING_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Told as a plain decline, so as not to warn a thief: https://docs.stripe.com/declines/codes */
const NOT_TOLD_APART = new Set([
  'lost_card',
  'stolen_card',
  'fraudulent',
  'pickup_card',
  'merchant_blacklist',
]);

/** What Stripe's error codes mean to our callers: https://docs.stripe.com/error-codes */
const SLUG_BY_CODE: Readonly<Record<string, ProblemSlug>> = {
  amount_too_small: 'amount-out-of-range',
  amount_too_large: 'amount-out-of-range',
  charge_already_refunded: 'refund-not-possible',
  charge_disputed: 'refund-not-possible',
  idempotency_key_in_use: 'in-progress',
  lock_timeout: 'provider-busy',
  rate_limit: 'provider-busy',
  payment_intent_unexpected_state: 'invalid-state',
  setup_intent_unexpected_state: 'invalid-state',
};

/**
 * Names what went wrong at Stripe in our own words. Classified by status, type and code, never by class:
 * stripe-node's classes differ from what the answer says.
 *
 * @param error whatever a call through stripe-node threw
 */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Stripe.errors.StripeError)) return new Problem('internal-error', {}, error);
  return new Problem(slugOf(error), extrasOf(error), error);
}

/** The parameter that a Stripe refusal is about, such as `line_items[0][price]`, where it says so. */
export function refusedParam(problem: unknown): string | undefined {
  const cause = problem instanceof Problem ? problem.cause : undefined;
  return cause instanceof Stripe.errors.StripeError && cause.statusCode === 400 ? cause.param : undefined;
}

/** Whether Stripe says that an object does not exist (404 in a path, 400 in a body or cursor). */
export function isMissing(problem: unknown): boolean {
  const cause = problem instanceof Problem ? problem.cause : undefined;
  return cause instanceof Stripe.errors.StripeError && cause.code === 'resource_missing';
}

/** Whether Stripe refused a request as it stands: nothing has changed there. */
export function isRefused(problem: unknown): boolean {
  const cause = problem instanceof Problem ? problem.cause : undefined;
  return cause instanceof Stripe.errors.StripeError && (cause.statusCode === 400 || cause.statusCode === 404);
}

function slugOf({ statusCode, rawType, code, detail }: Stripe.errors.StripeError): ProblemSlug {
  if (statusCode === undefined) return nothingWasSent(detail) ? 'provider-unreachable' : 'outcome-unknown';
  if (statusCode >= 500 || statusCode < 400) return 'outcome-unknown';
  if (code && SLUG_BY_CODE[code]) return SLUG_BY_CODE[code];
  if (statusCode === 401 || statusCode === 403) return 'provider-misconfigured';
  if (statusCode === 402)
    return code === 'authentication_required' ? 'authentication-required' : 'card-declined';
  if (statusCode === 409 || statusCode === 429) return 'provider-busy';
  if (rawType === 'idempotency_error') return 'idempotency-key-reused';
  return 'internal-error';
}

function extrasOf(error: Stripe.errors.StripeError): ProblemExtras {
  if (error.statusCode !== 402) return {};
  const { payment_intent: intent } = error;
  if (error.code === 'authentication_required') {
    return { ...(intent && { paymentId: intent.id, clientSecret: intent.client_secret ?? undefined }) };
  }
  const declineCode = error.decline_code ?? error.code ?? 'generic_decline';
  return { declineCode: NOT_TOLD_APART.has(declineCode) ? 'generic_decline' : declineCode };
}

function nothingWasSent(detail: unknown): boolean {
  if (detail instanceof AggregateError) return detail.errors.every(nothingWasSent);
  return detail instanceof Error && 'code' in detail && NOTHING_SENT.has(String(detail.code));
}
