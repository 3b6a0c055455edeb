import { Injectable } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { Problem } from '#core/problem.js';
import { isReferenceTo } from '../encryption/caller-reference.js';
import { Keyring } from '../encryption/keyring.js';
import type { MakeEarlyPlan, MakePlan, OperationKind, OperationRequest, Outcome } from './operation.js';
import { OperationAttempt } from './operation-attempt.js';
import { OperationRehearsal } from './operation-rehearsal.js';
import { OperationRegistry } from './operation-registry.js';
import { type OperationReport, reportOf } from './operation-report.js';
import { OperationsStore } from './operations.store.js';

/** Runs the requests of one kind. */
export interface OperationRunner<Plan, Result> {
  /**
   * Does what a request asks for, or only tries it out in a dry run, or returns the outcome of an earlier request with the same key.
   *
   * @throws {Problem} `idempotency-key-reused` if the key belongs to another request, `in-progress` while another
   *   attempt is running, `needs-review`, and what the steps throw
   */
  run(
    request: OperationRequest,
    makePlan: MakePlan<Plan>,
    makeEarlyPlan?: MakeEarlyPlan<Plan>,
  ): Promise<Outcome<Result>>;
}

/** Does each money-moving request once, however often it is repeated and whenever a process dies. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly attempt: OperationAttempt,
    private readonly rehearsal: OperationRehearsal,
    private readonly store: OperationsStore,
    private readonly keyring: Keyring,
  ) {}

  /** Registers a kind of operation, which the worker can then resume too. */
  define<Plan, Result, Answer = Result>(
    kind: OperationKind<Plan, Result, Answer>,
  ): OperationRunner<Plan, Result> {
    this.registry.register(kind);
    return {
      run: (request, makePlan, makeEarlyPlan) => {
        const { dryRun } = request.context;
        return dryRun
          ? this.rehearsal.run(kind, request, dryRun, makePlan)
          : this.attempt.run(kind, request, makePlan, makeEarlyPlan);
      },
    };
  }

  /** Whether an operation is in the database. A restored one may have lost it. */
  async isKnown(id: string): Promise<boolean> {
    return (await this.store.find(id)) !== undefined;
  }

  /** The state of an operation, for the caller who started it. @throws {Problem} `not-found` for everybody else */
  async report(actor: Actor, id: string): Promise<OperationReport> {
    const row = await this.store.find(id);
    if (!row || !isReferenceTo(actor, row.caller, this.keyring)) throw new Problem('not-found');
    return reportOf(row);
  }
}
