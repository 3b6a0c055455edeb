import type { ProblemSlug } from '#core/problem.js';
import type { StoredOutcome } from './operation.js';

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

/** An operation as callers see it, in answers and notifications. */
export interface OperationView {
  operationId: string;
  state: OperationState;
  /** The type of the problem; null unless it failed. */
  problem: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export function operationView({ id, state, problem, createdAt, finishedAt }: OperationReport): OperationView {
  return {
    operationId: id,
    state,
    problem: problem && `urn:paydesk:${problem}`,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** A stored operation, as far as its report needs it. */
interface ReportedOperation {
  id: string;
  state: 'running' | 'done' | 'needs-review';
  /** A `StoredOutcome` once it is done. */
  outcome: unknown;
  createdAt: Date;
  finishedAt: Date | null;
}

/** The report of an operation for its caller. */
export function reportOf({ id, state, outcome, createdAt, finishedAt }: ReportedOperation): OperationReport {
  // A reopened operation keeps its refusal while it is running.
  const stored = state === 'done' ? (outcome as StoredOutcome) : null;
  const problem = stored && 'problem' in stored ? stored.problem.slug : null;
  const ended = problem ? 'failed' : 'succeeded';
  return { id, state: state === 'done' ? ended : state, problem, createdAt, finishedAt };
}
