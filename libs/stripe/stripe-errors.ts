import Stripe from 'stripe';
import { Problem, type ProblemExtras, type ProblemSlug } from '#core/problem.js';

const AUTHENTICATION_REQUIRED = 'authentication_required';

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
  // An attempt holds a lease of ours, so this is an earlier one that we have given up and Stripe has not.
  idempotency_key_in_use: 'outcome-unknown',
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
  const error = stripeErrorOf(problem);
  return error?.statusCode === 400 ? error.param : undefined;
}

/** Whether Stripe says that an object does not exist (404 in a path, 400 in a body or cursor). */
export function isMissing(problem: unknown): boolean {
  return stripeErrorOf(problem)?.code === 'resource_missing';
}

/** Whether Stripe refused a request as it stands: nothing has changed there. */
export function isRefused(problem: unknown): boolean {
  const { statusCode, rawType } = stripeErrorOf(problem) ?? {};
  // A key that stands for another request tells that something was done.
  return (statusCode === 400 && rawType !== 'idempotency_error') || statusCode === 404;
}

/** Whether Stripe's answer is its last word under this idempotency key: a refusal, or a decline. */
export function isDefiniteRefusal(problem: unknown): boolean {
  return isRefused(problem) || stripeErrorOf(problem)?.statusCode === 402;
}

/**
 * Whether Stripe told again a failure that it keeps for this idempotency key: sending once more proves nothing.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function isSavedFailure(problem: unknown): boolean {
  const error = stripeErrorOf(problem);
  return (error?.statusCode ?? 0) >= 500 && error?.headers?.['idempotent-replayed'] === 'true';
}

/** Whether Stripe asks all of us to slow down, as opposed to waiting for one object's lock. */
export function isRateLimited(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError && error.statusCode === 429 && error.code !== 'lock_timeout'
  );
}

/** A problem may stand for another one, which stands for what Stripe said. */
function stripeErrorOf(problem: unknown): Stripe.errors.StripeError | undefined {
  if (problem instanceof Stripe.errors.StripeError) return problem;
  return problem instanceof Problem ? stripeErrorOf(problem.cause) : undefined;
}

function slugOf({ statusCode, rawType, code, detail }: Stripe.errors.StripeError): ProblemSlug {
  if (statusCode === undefined) return nothingWasSent(detail) ? 'provider-unreachable' : 'outcome-unknown';
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

/** What a decline says, in an error of Stripe's or kept with the PaymentIntent that it ended. */
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
  return { declineCode: NOT_TOLD_APART.has(declineCode) ? 'generic_decline' : declineCode };
}

/** The decline that a PaymentIntent has ended with, the same as the answer to its charge told; if it was declined. */
export function declineOf(intent: Stripe.PaymentIntent): Problem | undefined {
  const decline = intent.last_payment_error;
  if (!decline) return undefined;
  return new Problem(declineSlug(decline), declineExtras(decline, intent));
}

function declineSlug({ code }: Decline): ProblemSlug {
  return code === AUTHENTICATION_REQUIRED ? 'authentication-required' : 'card-declined';
}

function nothingWasSent(detail: unknown): boolean {
  if (detail instanceof AggregateError) return detail.errors.every(nothingWasSent);
  return detail instanceof Error && 'code' in detail && NOTHING_SENT.has(String(detail.code));
}
