import { Problem, type ProblemSlug } from '#core/problem.js';
import { isDefiniteRefusal, isRefusedBesides, isUnproved } from '#stripe/stripe-errors.js';
import type { Outcome, StoredOutcome } from './operation.js';
import type { OperationRow } from './operations.store.js';

/**
 * A step throws these only after a look-up at Stripe, or before it sends anything, so they are final, unless their cause is a
 * refusal of a call that is not what the operation is to do.
 */
const FINAL_PROBLEMS: ReadonlySet<ProblemSlug> = new Set([
  'not-done',
  'invalid-state',
  'already-subscribed',
  'card-declined',
  'authentication-required',
]);

/**
 * Refusals that may end when the account's balance or settings change. They are listed by name, because trying any
 * other outcome again could move money twice.
 */
const REOPENABLE_PROBLEMS: ReadonlySet<ProblemSlug> = new Set([
  'insufficient-balance',
  'provider-misconfigured',
]);

/** Whether a problem is stored as the outcome. After any other one, the same key tries again. */
export function isFinal(problem: Problem): boolean {
  return (FINAL_PROBLEMS.has(problem.slug) && !isRefusedBesides(problem)) || isDefiniteRefusal(problem);
}

/**
 * How an operation ends after an error if a look-up finds nothing: with a final problem of ours, if an earlier attempt may have been
 * done, or with the refusal of one of several calls, if another one may have been done. If Stripe knows the key with other parameters
 * in these cases, something was sent under it, so nothing proves that nothing was done. Undefined if it need not be looked up.
 */
export function refusalToProve(error: unknown, isFirst: boolean): Problem | undefined {
  if (!(error instanceof Problem)) return undefined;
  const isPartial = isUnproved(error, isFirst);
  if (isKeyReused(error)) return isPartial || !isFirst ? new Problem('needs-review', {}, error) : undefined;
  const isOwn = !isDefiniteRefusal(error);
  return isFinal(error) && (isPartial || (isOwn && !isFirst)) ? error : undefined;
}

/** Whether Stripe has seen the key of a call with other parameters. */
export function isKeyReused(error: unknown): boolean {
  return error instanceof Problem && error.slug === 'idempotency-key-reused';
}

/**
 * Whether an operation has ended with a refusal that may not last, such as a short balance. The worker leaves it alone;
 * the caller's repetition tries it again.
 */
export function mayReopen({ state, outcome }: OperationRow): boolean {
  const stored = outcome as StoredOutcome | null;
  return (
    state === 'done' && stored !== null && 'problem' in stored && REOPENABLE_PROBLEMS.has(stored.problem.slug)
  );
}

/**
 * The outcome that is stored for an operation.
 *
 * @throws {Problem} `in-progress` if there is none yet, `needs-review`, or the stored problem
 */
export function storedOutcomeOf<Result>(row: OperationRow | undefined): Outcome<Result> {
  if (!row || row.state === 'running') throw new Problem('in-progress');
  if (row.state === 'needs-review') throw new Problem('needs-review');
  const stored = row.outcome as StoredOutcome<Result>;
  if ('result' in stored) return { result: stored.result, operationId: row.id, replayed: true };
  throw new Problem(stored.problem.slug, { ...stored.problem.extras, replayed: true });
}
