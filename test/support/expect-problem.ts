import { expect } from 'vitest';
import { PROBLEMS, type ProblemSlug } from '#core/problem.js';
import type { Answer } from './caller.js';
import { DAY_SECONDS } from './durations.js';
import type { ManualClock } from './manual-clock.js';
import type { Paydesk } from './paydesk.js';

/** Stripe's texts, keys and headers, and our stack traces: problems must not contain them. */
const INTERNAL_DETAILS =
  /(sk|rk)_(test|live)|whsec|stripe-version|req_|No such|Invalid API Key|permissions|stack|node_modules/i;

/** Expects a response to be this problem, with no internal details. */
export function expectProblem({ status, headers, body }: Answer, slug: ProblemSlug): void {
  const { status: expected, retryable, title } = PROBLEMS[slug];
  expect(status).toBe(expected);
  expect(body).toMatchObject({ type: `urn:paydesk:${slug}`, title, status: expected, retryable });
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(JSON.stringify(body)).not.toMatch(INTERNAL_DETAILS);
}

/** Expects a request that is repeated after a day, and after another, to end with this problem. */
export async function expectProblemLater(
  clock: ManualClock,
  send: () => Promise<Answer>,
  slug: ProblemSlug,
): Promise<void> {
  const type = async () => {
    clock.moveSeconds(DAY_SECONDS);
    return (await send()).body.type;
  };
  await expect.poll(type).toBe(`urn:paydesk:${slug}`);
}

/** Expects a log line about the problem of an operation, with or without an alert. */
export function expectLogged({ log }: Paydesk, { body }: Answer, alert: boolean): void {
  const problem = String(body.type).replace('urn:paydesk:', '');
  expect(log).toContainEqual(expect.objectContaining({ problem, operationId: body.operationId, alert }));
}
