import { inspect } from 'node:util';
import type { Problem, ProblemSlug } from '../core/problem.js';
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
    alert: ALERTS.has(slug),
    ...(extras.operationId && { operationId: extras.operationId }),
    ...(cause !== undefined && { cause: describeCause(cause) }),
  };
}

function describeCause(failure: unknown): unknown {
  const cause = withoutQuery(failure);
  if (!(cause instanceof Error)) return inspect(cause, { depth: 0 });
  if ('rawType' in cause) {
    const { statusCode, rawType, code, param, requestId, message } = cause as Error & Record<string, unknown>;
    return { stripe: { statusCode, rawType, code, param, requestId }, message };
  }
  return {
    message: cause.message,
    stack: cause.stack,
    ...(cause.cause ? { cause: describeCause(cause.cause) } : {}),
  };
}
