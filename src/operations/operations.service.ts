import { Injectable, Logger } from '@nestjs/common';
import { isDefiniteRefusal, isSavedFailure } from '../../libs/stripe/stripe-errors.js';
import { type Actor, callerName } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { Problem, type ProblemSlug } from '../core/problem.js';
import { isDatabaseAway } from '../database/database-away.js';
import { describeFailure } from '../logging/describe-failure.js';
import {
  fingerprintOf,
  identityOf,
  type OperationIdentity,
  operationIdOf,
  type OperationKind,
  type OperationRequest,
  type Outcome,
  type StoredOutcome,
} from './operation.js';
import { LEASE_RENEWAL_MS, type OperationRow, OperationsStore } from './operations.store.js';
import { type OperationReport, reportOf } from './operation-report.js';
import { maySendAgain, provesAbsence } from './retry-policy.js';

/** Where a step tells one of these, it has looked at Stripe. */
const LAST_WORDS: ReadonlySet<ProblemSlug> = new Set([
  'not-done',
  'invalid-state',
  'card-declined',
  'authentication-required',
]);

/** Works out what exactly to ask of Stripe, or refuses by a {@link Problem}. Moves no money itself. */
type MakePlan<Plan> = (identity: OperationIdentity) => Promise<Plan>;

type AnyKind = Pick<OperationKind<unknown, unknown>, 'release'>;

/** Runs requests of one kind. */
export interface Operation<Plan, Result> {
  /**
   * Does what a request asks for, or tells again how that ended before.
   *
   * @throws {Problem} `idempotency-key-reused` where the key stands for another request, `in-progress` where
   *   an attempt is under way, `needs-review`, and whatever the steps throw
   */
  run(request: OperationRequest, makePlan: MakePlan<Plan>): Promise<Outcome<Result>>;
}

/** Has each money-moving request done once, however often it is repeated and whatever dies in between. */
@Injectable()
export class OperationsService {
  private readonly logger = new Logger(OperationsService.name);
  private readonly kinds = new Map<string, OperationKind<unknown, unknown>>();

  constructor(
    private readonly store: OperationsStore,
    private readonly clock: Clock,
  ) {}

  /** Makes a kind of operation known, so that the worker can go on with it too. */
  define<Plan, Result>(kind: OperationKind<Plan, Result>): Operation<Plan, Result> {
    this.kinds.set(kind.name, kind);
    return { run: (request, makePlan) => this.run(kind, request, makePlan) };
  }

  /** How an operation stands, as its own caller may know. @throws {Problem} `not-found` for anybody else's */
  async report(actor: Actor, id: string): Promise<OperationReport> {
    const row = await this.store.find(id);
    if (row?.caller !== callerName(actor)) throw new Problem('not-found');
    return reportOf(row);
  }

  /** Goes on with one operation that was left unfinished; false where there is none due. */
  async resumeOne(): Promise<boolean> {
    const held = await this.store.takeDue();
    if (!held) return false;
    const kind = this.kinds.get(held.kind);
    // An operation of another version of this service is left to that version.
    if (kind)
      await this.whileHeld(held, () => this.attempt(kind, held)).catch((error: unknown) =>
        this.logUnsettled(error),
      );
    else await this.store.giveBack(held);
    return true;
  }

  private async run<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    request: OperationRequest,
    makePlan: MakePlan<Plan>,
  ): Promise<Outcome<Result>> {
    const id = operationIdOf(request);
    const fingerprint = fingerprintOf(request.body);
    const caller = callerName(request.actor);
    const claimed = await this.store.claim({ id, kind: kind.name, caller, fingerprint });
    if (claimed) return this.begin(kind, claimed, makePlan);

    const known = await this.store.find(id);
    if (!known) throw inProgress(id);
    if (known.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused', { operationId: id });
    if (known.state !== 'running') return replay<Result>(known);
    const taken = await this.store.takeOver(id);
    if (!taken) throw inProgress(id);
    return this.begin(kind, taken, makePlan);
  }

  private begin<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    held: OperationRow,
    makePlan: MakePlan<Plan>,
  ): Promise<Outcome<Result>> {
    return this.whileHeld(held, async () => {
      const planned = held.plan === null ? await this.plan(held, makePlan) : held;
      return this.attempt(kind, planned);
    });
  }

  private async plan<Plan>(held: OperationRow, makePlan: MakePlan<Plan>): Promise<OperationRow> {
    try {
      const planned = await this.store.plan(held, await makePlan(identityOf(held.id)));
      if (!planned) throw inProgress(held.id);
      return planned;
    } catch (error) {
      await this.store.forget(held);
      throw error instanceof Problem ? error.with({ operationId: held.id }) : error;
    }
  }

  private async attempt<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    planned: OperationRow,
  ): Promise<Outcome<Result>> {
    try {
      const result = await this.resultOf(kind, planned);
      return await this.finish(planned, { result });
    } catch (error) {
      throw await this.settle(kind, planned, error);
    }
  }

  /** Sends the plan while that can't do it twice; looks for its effect at Stripe where sending proves nothing. */
  private async resultOf<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    { id, plan, firstSentAt }: OperationRow,
  ): Promise<Result> {
    const sentAt = firstSentAt ?? this.clock.now();
    const identity = identityOf(id);
    if (maySendAgain(sentAt, this.clock.now())) {
      try {
        return await kind.send(plan as Plan, identity);
      } catch (error) {
        if (!isSavedFailure(error)) throw error;
      }
    }
    const found = await kind.find(plan as Plan, identity, sentAt);
    if (found === 'not-done')
      throw new Problem(provesAbsence(sentAt, this.clock.now()) ? 'not-done' : 'outcome-unknown');
    if (found === 'unknown') throw new Problem('needs-review');
    return found.result;
  }

  private async finish<Result>(held: OperationRow, outcome: { result: Result }): Promise<Outcome<Result>> {
    if (await this.store.finish(held, outcome)) {
      return { result: outcome.result, operationId: held.id, replayed: false };
    }
    const known = await this.store.find(held.id);
    if (known?.state !== 'done') throw inProgress(held.id);
    return replay(known);
  }

  /**
   * Keeps what is the last word for repetitions; gives back what is uncertain, to be tried again. Once something may
   * have been sent, nothing that goes wrong with us may sound as if it had not.
   */
  private async settle(kind: AnyKind, held: OperationRow, error: unknown): Promise<Problem> {
    const problem = problemOfAttempt(error).with({ operationId: held.id });
    try {
      await this.keep(kind, held, problem);
      return problem;
    } catch (failure) {
      return problemOfAttempt(failure).with({ operationId: held.id });
    }
  }

  private async keep(kind: AnyKind, held: OperationRow, problem: Problem): Promise<void> {
    const { slug, extras } = problem;
    if (slug === 'needs-review') {
      this.logger.error(describeFailure(problem));
      return this.store.leaveToReview(held);
    }
    if (!isLastWord(problem)) return this.store.giveBack(held);
    await kind.release?.(held.plan, identityOf(held.id));
    await this.store.finish(held, { problem: { slug, extras } });
  }

  /** Nobody waits for an answer where the worker goes on with an operation. */
  private logUnsettled(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    if (error.status >= 500) this.logger.warn(describeFailure(error));
  }

  private async whileHeld<T>(held: OperationRow, work: () => Promise<T>): Promise<T> {
    const renewal = setInterval(() => void this.store.renew(held).catch(ignoreTold), LEASE_RENEWAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
    }
  }
}

/** Everything uncertain is not: a repetition under the same key tries again. */
function isLastWord(problem: Problem): boolean {
  return LAST_WORDS.has(problem.slug) || isDefiniteRefusal(problem);
}

function problemOfAttempt(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(isDatabaseAway(error) ? 'unavailable' : 'outcome-unknown', {}, error);
}

function replay<Result>({ id, state, outcome }: OperationRow): Outcome<Result> {
  if (state === 'needs-review') throw new Problem('needs-review', { operationId: id });
  const stored = outcome as StoredOutcome<Result>;
  if ('problem' in stored)
    throw new Problem(stored.problem.slug, { ...stored.problem.extras, replayed: true });
  return { result: stored.result, operationId: id, replayed: true };
}

function inProgress(operationId: string): Problem {
  return new Problem('in-progress', { operationId });
}

/** A renewal that fails is made up for by the next one. */
function ignoreTold(): void {}
