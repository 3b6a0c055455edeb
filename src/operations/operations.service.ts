import { Injectable } from '@nestjs/common';
import { Problem } from '../core/problem.js';
import {
  fingerprintOf,
  isFinal,
  type OperationRequest,
  type Outcome,
  scopeOf,
  type StoredOutcome,
  stripeKeyOf,
} from './operation.js';
import { type OperationRow, OperationsStore } from './operations.store.js';

const RETRY_AFTER_SECONDS = 1;

/** How one kind of money-moving request is done. */
export interface OperationSteps<Plan, Result> {
  kind: string;
  /** Works out the exact parameters for Stripe. Refuses by a {@link Problem}; moves no money. */
  plan: (stripeKey: string) => Promise<Plan>;
  /** Does what was planned, under a key that makes every repetition harmless. */
  send: (plan: Plan, stripeKey: string) => Promise<Result>;
}

/** Runs each money-moving request once, however often it is repeated. */
@Injectable()
export class OperationsService {
  constructor(private readonly store: OperationsStore) {}

  /**
   * Does what a request asks for, or tells again how that ended before.
   *
   * @throws {Problem} `idempotency-key-reused` where the key stands for another request, `in-progress` where
   *   an attempt is under way, and whatever the steps throw
   */
  async run<Plan, Result>(
    request: OperationRequest,
    steps: OperationSteps<Plan, Result>,
  ): Promise<Outcome<Result>> {
    const scope = scopeOf(request);
    const fingerprint = fingerprintOf(request.body);
    const claimed = await this.store.claim(steps.kind, scope, fingerprint);
    if (claimed) return this.attempt(claimed, steps);

    const known = await this.store.find(scope);
    if (!known) throw inProgress();
    if (known.fingerprint !== fingerprint) {
      throw new Problem('idempotency-key-reused', { operationId: known.id });
    }
    if (known.state === 'done') return replay<Result>(known);
    const taken = await this.store.takeOver(known.id);
    if (!taken) throw inProgress(known.id);
    return this.attempt(taken, steps);
  }

  private async attempt<Plan, Result>(
    held: OperationRow,
    steps: OperationSteps<Plan, Result>,
  ): Promise<Outcome<Result>> {
    const stripeKey = stripeKeyOf(held.scope);
    const plan = (held.plan as Plan | null) ?? (await this.makePlan(held, stripeKey, steps));
    try {
      const result = await steps.send(plan, stripeKey);
      await this.store.finish(held, { result } satisfies StoredOutcome<Result>);
      return { result, operationId: held.id, replayed: false };
    } catch (error) {
      throw await this.settle(held, error);
    }
  }

  private async makePlan<Plan, Result>(
    held: OperationRow,
    stripeKey: string,
    steps: OperationSteps<Plan, Result>,
  ): Promise<Plan> {
    try {
      const plan = await steps.plan(stripeKey);
      await this.store.plan(held, plan);
      return plan;
    } catch (error) {
      await this.store.forget(held);
      throw error;
    }
  }

  /** Keeps a final failure for repetitions; gives an uncertain one back to be tried again. */
  private async settle(held: OperationRow, error: unknown): Promise<unknown> {
    if (!(error instanceof Problem)) {
      await this.store.release(held);
      return error;
    }
    const problem = error.with({ operationId: held.id });
    if (isFinal(problem)) {
      const { slug, extras } = problem;
      await this.store.finish(held, { problem: { slug, extras } } satisfies StoredOutcome<never>);
    } else {
      await this.store.release(held);
    }
    return problem;
  }
}

function replay<Result>(known: OperationRow): Outcome<Result> {
  const outcome = known.outcome as StoredOutcome<Result>;
  if ('problem' in outcome)
    throw new Problem(outcome.problem.slug, { ...outcome.problem.extras, replayed: true });
  return { result: outcome.result, operationId: known.id, replayed: true };
}

function inProgress(operationId?: string): Problem {
  return new Problem('in-progress', { operationId, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
