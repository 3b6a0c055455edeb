import { expect } from 'vitest';
import { PROBLEMS, type ProblemSlug } from '#core/problem.js';
import type { Answer } from './caller.js';
import type { Paydesk } from './paydesk.js';

/** Nothing of Stripe's words, of its keys and headers, or of ours. */
const NOT_TOLD =
  /(sk|rk)_(test|live)|whsec|stripe-version|req_|No such|Invalid API Key|permissions|stack|node_modules/i;

/** That an answer is this problem, told as callers are promised, and nothing else of it. */
export function expectProblem({ status, headers, body }: Answer, slug: ProblemSlug): void {
  const { status: expected, retryable, title } = PROBLEMS[slug];
  expect(status).toBe(expected);
  expect(body).toMatchObject({ type: `urn:paydesk:${slug}`, title, status: expected, retryable });
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.stringify(body)).not.toMatch(NOT_TOLD);
}

/** That the log tells of the problem of an operation, as one that a person has to look at or as one that passes. */
export function expectLogged({ log }: Paydesk, { body }: Answer, alert: boolean): void {
  const problem = String(body.type).replace('urn:paydesk:', '');
  expect(log).toContainEqual(expect.objectContaining({ problem, operationId: body.operationId, alert }));
}
