import Stripe from 'stripe';
import { Problem, type ProblemExtras, type ProblemSlug } from '#core/problem.js';
import { reportedAdvice, reportedDeclineCode } from './decline-codes.js';
import { problemForCode, problemForMessage } from './error-codes.js';

/** Network errors that can only occur before anything has been sent. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** For codes that the table of error codes does not decide: https://docs.stripe.com/api/errors */
const SLUG_BY_STATUS: Readonly<Record<number, ProblemSlug>> = {
  401: 'provider-misconfigured',
  402: 'card-declined',
  403: 'provider-misconfigured',
  404: 'internal-error',
  409: 'provider-busy',
  429: 'provider-busy',
};

/** After these answers, Stripe may still carry the request out under the same idempotency key. */
const UNDECIDED_PROBLEMS: ReadonlySet<ProblemSlug> = new Set(['provider-busy', 'outcome-unknown']);

/** Errors of calls that are not what an operation is to do: see {@link problemBesides}. */
const besides = new WeakSet<Stripe.errors.StripeError>();

/** Refusals of the first of several calls: see {@link unprovedIfTriedBefore}. */
const ofFirstCall = new WeakSet<Stripe.errors.StripeError>();

/** Refusals of a call when a part of the operation may be done: see {@link unprovedAfterPart}. */
const afterPart = new WeakSet<Stripe.errors.StripeError>();

/** A balance is topped up or settles within hours or days: https://docs.stripe.com/payouts#payout-schedule */
const BALANCE_RETRY_SECONDS = 3_600;

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

/**
 * Classifies a failed call that is not what an operation is to do, such as a read. Whether the operation was done does not
 * follow from it.
 */
export function problemBesides(error: unknown): Problem {
  if (error instanceof Stripe.errors.StripeError) besides.add(error);
  return problemFromStripe(error);
}

/**
 * To be told of the failure of the first of several calls of an operation. An earlier attempt may have made the next one, also if it
 * got a refusal too. So a refusal is the outcome only if a look-up proves that nothing was done, unless there was no earlier attempt.
 * Stripe need not have saved the earlier answer: https://docs.stripe.com/api/idempotent_requests
 */
export function unprovedIfTriedBefore(problem: unknown): void {
  const error = stripeErrorOf(problem);
  if (error) ofFirstCall.add(error);
}

/**
 * To be told of the failure of a call of an operation of which another one was done, or may have been for a request that the database
 * has lost. If it is a refusal, it is the outcome only if a look-up proves that nothing was done, as it would be if others have undone
 * that part.
 */
export function unprovedAfterPart(problem: unknown): void {
  const error = stripeErrorOf(problem);
  if (error) afterPart.add(error);
}

/**
 * Whether a refusal is the outcome only if a look-up proves that nothing was done.
 *
 * @param isFirst whether no earlier attempt is known. The database may have lost one whose answer Stripe repeats.
 */
export function isUnproved(problem: unknown, isFirst: boolean): boolean {
  const error = stripeErrorOf(problem);
  if (!error) return false;
  return afterPart.has(error) || (ofFirstCall.has(error) && (!isFirst || isReplayed(error)));
}

/** The parameter that Stripe refused, such as `line_items[0][price]`, if its 400 names one. */
export function refusedParam(problem: unknown): string | undefined {
  const error = stripeErrorOf(problem);
  return error?.statusCode === 400 ? error.param : undefined;
}

/** What tells a refusal from another with the same problem: Stripe's code and the parameter that it names, if there are any. */
export function refusedFor(problem: unknown): { code: string | undefined; param: string | undefined } {
  const { code, param } = stripeErrorOf(problem) ?? {};
  return { code, param };
}

/** Whether Stripe answered that an object does not exist (404 in a path, 400 in a body or cursor). */
export function isMissing(problem: unknown): boolean {
  return stripeErrorOf(problem)?.code === 'resource_missing';
}

/** Whether Stripe answered with this error code. */
export function hasCode(problem: unknown, code: string): boolean {
  return stripeErrorOf(problem)?.code === code;
}

/** Whether Stripe refused a request without changing anything. */
export function isRefused(problem: unknown): boolean {
  const { statusCode, rawType } = stripeErrorOf(problem) ?? {};
  // If the key belongs to a different request, that request may have changed something.
  return (statusCode === 400 && rawType !== 'idempotency_error') || statusCode === 404;
}

/**
 * Whether Stripe's answer ends what an operation is to do, under its idempotency key: a refusal or a decline. Stripe saves
 * the answers of requests that it has executed, refusals included: https://docs.stripe.com/api/idempotent_requests
 */
export function isDefiniteRefusal(problem: unknown): boolean {
  const error = stripeErrorOf(problem);
  return error !== undefined && isRefusal(error) && !besides.has(error);
}

/** Whether Stripe has refused a call that is not what an operation is to do. */
export function isRefusedBesides(problem: unknown): boolean {
  const error = stripeErrorOf(problem);
  return error !== undefined && isRefusal(error) && besides.has(error);
}

/** Whether a refusal's code says nothing specific. Then the refused parameter may say more. */
export function isUnclassified(problem: unknown): boolean {
  return (
    problem instanceof Problem && (problem.slug === 'internal-error' || problem.slug === 'provider-refused')
  );
}

/**
 * Whether Stripe replayed a 5xx that it saved for this idempotency key. Sending the request again proves nothing then.
 * https://docs.stripe.com/api/idempotent_requests
 */
export function isReplayedFailure(problem: unknown): boolean {
  const error = stripeErrorOf(problem);
  return error !== undefined && (error.statusCode ?? 0) >= 500 && isReplayed(error);
}

/** Whether Stripe has answered with what it saved for the idempotency key. */
function isReplayed({ headers }: Stripe.errors.StripeError): boolean {
  return headers?.['idempotent-replayed'] === 'true';
}

/** Problems can be nested as causes; Stripe's error is the innermost one. */
function stripeErrorOf(problem: unknown): Stripe.errors.StripeError | undefined {
  if (problem instanceof Stripe.errors.StripeError) return problem;
  return problem instanceof Problem ? stripeErrorOf(problem.cause) : undefined;
}

function isRefusal(error: Stripe.errors.StripeError): boolean {
  return (isRefused(error) || error.statusCode === 402) && !UNDECIDED_PROBLEMS.has(slugOf(error));
}

function slugOf(error: Stripe.errors.StripeError): ProblemSlug {
  const { statusCode, rawType, code, detail } = error;
  if (statusCode === undefined) {
    return failedBeforeSending(detail) ? 'provider-unreachable' : 'outcome-unknown';
  }
  if (statusCode >= 500 || statusCode < 400) return 'outcome-unknown';
  const known = problemForCode(code);
  if (known && known !== 'provider-refused') return known;
  if (rawType === 'idempotency_error') return 'idempotency-key-reused';
  return SLUG_BY_STATUS[statusCode] ?? refusalSlug(statusCode, error);
}

function refusalSlug(statusCode: number, { code, message }: Stripe.errors.StripeError): ProblemSlug {
  // No other status is documented: https://docs.stripe.com/api/errors
  if (statusCode !== 400) return 'outcome-unknown';
  return (code ? undefined : problemForMessage(message)) ?? 'provider-refused';
}

function extrasOf(error: Stripe.errors.StripeError): ProblemExtras {
  const { code, payment_intent: intent } = error;
  const slug = slugOf(error);
  switch (slug) {
    case 'card-declined':
    case 'authentication-required':
      return declineExtras(slug, error, intent);
    case 'insufficient-balance':
      return { retryAfterSeconds: BALANCE_RETRY_SECONDS };
    case 'provider-refused':
      return code ? { providerCode: code } : {};
    case 'provider-busy':
      return retryAfter(error);
    default:
      return {};
  }
}

/** The rest of the pause that `pauseWhenRateLimited` has started. */
function retryAfter({ headers }: Stripe.errors.StripeError): ProblemExtras {
  const retryAfterSeconds = Number(headers?.['retry-after']);
  return retryAfterSeconds > 0 ? { retryAfterSeconds } : {};
}

/** A decline, from a Stripe error or from the PaymentIntent's `last_payment_error`. */
interface Decline {
  code?: string | undefined;
  decline_code?: string | undefined;
  advice_code?: string | undefined;
}

function declineExtras(
  slug: ProblemSlug,
  { code, decline_code, advice_code }: Decline,
  intent: Stripe.PaymentIntent | undefined,
): ProblemExtras {
  if (slug === 'authentication-required') {
    return { ...(intent && { paymentId: intent.id, clientSecret: intent.client_secret ?? undefined }) };
  }
  // stripe-node sets decline_code to '' if Stripe gives none.
  const declineCode = reportedDeclineCode(decline_code || code);
  const advice = reportedAdvice(declineCode, advice_code);
  return { declineCode, ...(advice && { advice }) };
}

/** The problem for a declined PaymentIntent, the same as for the error that its charge got; undefined otherwise. */
export function declineProblem(intent: Stripe.PaymentIntent): Problem | undefined {
  const decline = intent.last_payment_error;
  if (!decline) return undefined;
  const known = problemForCode(decline.code);
  const slug = known === 'authentication-required' ? known : 'card-declined';
  return new Problem(slug, declineExtras(slug, decline, intent), new DeclinedIntent(intent));
}

/** The PaymentIntent that was declined with a problem; undefined for any other problem. */
export function declinedIntent({ slug, cause }: Problem): Stripe.PaymentIntent | undefined {
  if (slug !== 'card-declined' && slug !== 'authentication-required') return undefined;
  if (cause instanceof DeclinedIntent) return cause.intent;
  return stripeErrorOf(cause)?.payment_intent;
}

/** The cause of a decline that was looked up. */
class DeclinedIntent extends Error {
  constructor(readonly intent: Stripe.PaymentIntent) {
    super(`${intent.id} was declined`);
  }
}

function failedBeforeSending(detail: unknown): boolean {
  if (detail instanceof AggregateError) return detail.errors.every(failedBeforeSending);
  return detail instanceof Error && 'code' in detail && BEFORE_SENDING.has(String(detail.code));
}
