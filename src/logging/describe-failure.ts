import { inspect } from 'node:util';
import type { Problem, ProblemSlug } from '#core/problem.js';
import { withoutQuery } from '../database/without-query.js';

/** What a person has to look at: our bug, our account at Stripe, or what nobody can prove. */
const ALERTS: ReadonlySet<ProblemSlug> = new Set([
  'internal-error',
  'provider-misconfigured',
  'needs-review',
]);

/**
 * What the log may know of a failure. Errors of Stripe carry client secrets and headers, and those of queries
 * their parameters, so only what names them is taken over, never the whole.
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

/** What is not known because of neither Stripe nor the network: a bug of ours, after something may have been sent. */
function isUnexplained({ slug, cause }: Problem): boolean {
  return slug === 'outcome-unknown' && cause instanceof Error && !isOfStripe(cause);
}

function isOfStripe(cause: Error): cause is Error & Record<string, unknown> {
  return 'rawType' in cause;
}

function describeCause(failure: unknown): unknown {
  const cause = withoutQuery(failure);
  if (!(cause instanceof Error)) return inspect(cause, { depth: 0 });
  if (isOfStripe(cause)) {
    const { statusCode, rawType, code, param, requestId, message, detail } = cause;
    const network = detail instanceof Error && 'code' in detail ? detail.code : undefined;
    return { stripe: { statusCode, rawType, code, param, requestId, network }, message };
  }
  return {
    message: cause.message,
    stack: cause.stack,
    ...(cause.cause ? { cause: describeCause(cause.cause) } : {}),
  };
}
