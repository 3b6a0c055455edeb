import type { ProblemSlug } from '#core/problem.js';
import type { StoredOutcome } from './operation.js';
import type { OperationRow } from './operations.store.js';

export const OPERATION_STATES = ['running', 'succeeded', 'failed', 'needs-review'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** The state of an operation, as its caller sees it. */
export interface OperationReport {
  id: string;
  state: OperationState;
  /** Why it failed; null unless it did. */
  problem: ProblemSlug | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/** The report of an operation for its caller. */
export function reportOf({ id, state, outcome, createdAt, finishedAt }: OperationRow): OperationReport {
  // A reopened operation keeps its refusal while it is running.
  const stored = state === 'done' ? (outcome as StoredOutcome) : null;
  const problem = stored && 'problem' in stored ? stored.problem.slug : null;
  const ended = problem ? 'failed' : 'succeeded';
  return { id, state: state === 'done' ? ended : state, problem, createdAt, finishedAt };
}
