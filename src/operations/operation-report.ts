import type { ProblemSlug } from '#core/problem.js';
import type { StoredOutcome } from './operation.js';
import type { OperationRow } from './operations.store.js';

export const OPERATION_STATES = ['running', 'succeeded', 'failed', 'needs-review'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** How an operation stands. */
export interface OperationReport {
  id: string;
  state: OperationState;
  /** Why it failed. */
  problem: ProblemSlug | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export function reportOf({ id, state, outcome, createdAt, finishedAt }: OperationRow): OperationReport {
  const problem = problemOf(outcome as StoredOutcome | null);
  const ended = problem ? 'failed' : 'succeeded';
  return { id, state: state === 'done' ? ended : state, problem, createdAt, finishedAt };
}

function problemOf(outcome: StoredOutcome | null): ProblemSlug | null {
  return outcome && 'problem' in outcome ? outcome.problem.slug : null;
}
