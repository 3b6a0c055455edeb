import type { Problem, ProblemSlug } from '#core/problem.js';
import { withoutQuery } from '../database/without-query.js';

/** Problems that a person has to look at. */
const ALERTS: ReadonlySet<ProblemSlug> = new Set([
  'internal-error',
  'provider-misconfigured',
  'provider-refused',
  'needs-review',
]);

/**
 * The fields of a log line about a problem. Stripe's errors contain client secrets, headers and messages that repeat what
 * was sent, and errors of queries contain their parameters, so only the fields that identify the cause are copied.
 */
export function describeFailure(problem: Problem): Record<string, unknown> {
  const { slug, extras, cause } = problem;
  return {
    problem: slug,
    alert: ALERTS.has(slug) || isUnexplained(problem),
    ...(extras.operationId && { operationId: extras.operationId }),
    ...(cause !== undefined && { cause: describeCause(cause) }),
  };
}

/** An unknown outcome that neither Stripe nor the network has caused: a bug of ours. */
function isUnexplained({ slug, cause }: Problem): boolean {
  return slug === 'outcome-unknown' && cause instanceof Error && !isStripeError(cause);
}

function isStripeError(cause: Error): cause is Error & Record<string, unknown> {
  return 'rawType' in cause;
}

function describeCause(failure: unknown): unknown {
  const cause = withoutQuery(failure);
  // Anything can be thrown, so its text is not ours.
  if (!(cause instanceof Error)) return { thrown: typeof cause };
  if (isStripeError(cause)) {
    const { statusCode, rawType, code, param, requestId, detail } = cause;
    const network = detail instanceof Error && 'code' in detail ? detail.code : undefined;
    return { stripe: { statusCode, rawType, code, param: withoutKeys(param), requestId, network } };
  }
  return {
    message: cause.message,
    stack: cause.stack,
    ...(cause.cause ? { cause: describeCause(cause.cause) } : {}),
  };
}

/** A parameter such as `metadata[KEY]`, without the keys, which callers choose. */
function withoutKeys(param: unknown): unknown {
  return typeof param === 'string' ? param.replace(/\bmetadata\[.*/, 'metadata') : param;
}
