import Stripe from 'stripe';
import { Problem, type ProblemExtras, type ProblemSlug } from '#core/problem.js';

const AUTHENTICATION_REQUIRED = 'authentication_required';

/** Network errors that can only occur before anything has been sent. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Reported as `generic_decline`, so that a thief is not warned: https://docs.stripe.com/declines/codes */
const MASKED_DECLINE_CODES = new Set([
  'lost_card',
  'stolen_card',
  'fraudulent',
  'pickup_card',
  'merchant_blacklist',
]);

/** The problem for each of Stripe's error codes: https://docs.stripe.com/error-codes */
const SLUG_BY_CODE: Readonly<Record<string, ProblemSlug>> = {
  amount_too_small: 'amount-out-of-range',
  amount_too_large: 'amount-out-of-range',
  charge_already_refunded: 'refund-not-possible',
  charge_disputed: 'refund-not-possible',
  // Our lease allows one attempt at a time, so Stripe is still working on one that we have given up.
  idempotency_key_in_use: 'outcome-unknown',
  lock_timeout: 'provider-busy',
  rate_limit: 'provider-busy',
  payment_intent_unexpected_state: 'invalid-state',
  setup_intent_unexpected_state: 'invalid-state',
};

/**
 * Classifies a failed call to Stripe. It uses the status, type and code of the response and never stripe-node's error
 * class, because stripe-node derives some classes from the status alone.
 *
 * @param error anything that a call through stripe-node threw
 */
export function problemFromStripe(error: unknown): Problem {
  if (!(error instanceof Stripe.errors.StripeError)) return new Problem('internal-error', {}, error);
  return new Problem(slugOf(error), extrasOf(error), error);
}

/** The parameter that Stripe refused, such as `line_items[0][price]`, if its 400 names one. */
export function refusedParam(problem: unknown): string | undefined {
  const error = stripeErrorOf(problem);
  return error?.statusCode === 400 ? error.param : undefined;
}

/** Whether Stripe answered that an object does not exist (404 in a path, 400 in a body or cursor). */
export function isMissing(problem: unknown): boolean {
  return stripeErrorOf(problem)?.code === 'resource_missing';
}

/** Whether Stripe refused a request without changing anything. */
export function isRefused(problem: unknown): boolean {
  const { statusCode, rawType } = stripeErrorOf(problem) ?? {};
  // If the key belongs to a different request, that request may have changed something.
  return (statusCode === 400 && rawType !== 'idempotency_error') || statusCode === 404;
}

/** Whether Stripe's answer is final for this idempotency key: a refusal or a decline. */
export function isDefiniteRefusal(problem: unknown): boolean {
  return isRefused(problem) || stripeErrorOf(problem)?.statusCode === 402;
}

/**
 * Whether Stripe replayed a 5xx that it saved for this idempotency key. Sending the request again proves nothing then.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function isReplayedFailure(problem: unknown): boolean {
  const error = stripeErrorOf(problem);
  return (error?.statusCode ?? 0) >= 500 && error?.headers?.['idempotent-replayed'] === 'true';
}

/** Whether Stripe limits our request rate, as opposed to a lock on one object. */
export function isRateLimited(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError && error.statusCode === 429 && error.code !== 'lock_timeout'
  );
}

/** Problems can be nested as causes; Stripe's error is the innermost one. */
function stripeErrorOf(problem: unknown): Stripe.errors.StripeError | undefined {
  if (problem instanceof Stripe.errors.StripeError) return problem;
  return problem instanceof Problem ? stripeErrorOf(problem.cause) : undefined;
}

function slugOf({ statusCode, rawType, code, detail }: Stripe.errors.StripeError): ProblemSlug {
  if (statusCode === undefined)
    return failedBeforeSending(detail) ? 'provider-unreachable' : 'outcome-unknown';
  if (statusCode >= 500 || statusCode < 400) return 'outcome-unknown';
  if (code && SLUG_BY_CODE[code]) return SLUG_BY_CODE[code];
  if (statusCode === 401 || statusCode === 403) return 'provider-misconfigured';
  if (statusCode === 402) return declineSlug({ code });
  if (statusCode === 409 || statusCode === 429) return 'provider-busy';
  if (rawType === 'idempotency_error') return 'idempotency-key-reused';
  return 'internal-error';
}

function extrasOf(error: Stripe.errors.StripeError): ProblemExtras {
  return error.statusCode === 402 ? declineExtras(error, error.payment_intent) : {};
}

/** A decline, from a Stripe error or from the PaymentIntent's `last_payment_error`. */
interface Decline {
  code?: string | undefined;
  decline_code?: string | undefined;
}

function declineExtras(
  { code, decline_code }: Decline,
  intent: Stripe.PaymentIntent | undefined,
): ProblemExtras {
  if (code === AUTHENTICATION_REQUIRED) {
    return { ...(intent && { paymentId: intent.id, clientSecret: intent.client_secret ?? undefined }) };
  }
  const declineCode = decline_code ?? code ?? 'generic_decline';
  return { declineCode: MASKED_DECLINE_CODES.has(declineCode) ? 'generic_decline' : declineCode };
}

/** The problem for a declined PaymentIntent, the same as for the error that its charge got; undefined otherwise. */
export function declineProblem(intent: Stripe.PaymentIntent): Problem | undefined {
  const decline = intent.last_payment_error;
  if (!decline) return undefined;
  return new Problem(declineSlug(decline), declineExtras(decline, intent));
}

function declineSlug({ code }: Decline): ProblemSlug {
  return code === AUTHENTICATION_REQUIRED ? 'authentication-required' : 'card-declined';
}

function failedBeforeSending(detail: unknown): boolean {
  if (detail instanceof AggregateError) return detail.errors.every(failedBeforeSending);
  return detail instanceof Error && 'code' in detail && BEFORE_SENDING.has(String(detail.code));
}
