import { Injectable, Logger } from '@nestjs/common';
import { isDefiniteRefusal, isReplayedFailure } from '#stripe/stripe-errors.js';
import { type Actor, callerName } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Problem, type ProblemSlug } from '#core/problem.js';
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
import { hasSettled, maySendAgain } from './retry-policy.js';

/** Where a step tells one of these, it has looked at Stripe. */
const LAST_WORDS: ReadonlySet<ProblemSlug> = new Set([
  'not-done',
  'invalid-state',
  'card-declined',
  'authentication-required',
]);

/** Works out what exactly to ask of Stripe, or refuses by a {@link Problem}. Moves no money itself. */
type MakePlan<Plan> = (identity: OperationIdentity) => Promise<Plan>;

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
    if (!kind) await this.store.giveBack(held);
    else await this.attempt(kind, held).catch((problem: Problem) => this.logUnsettled(held, problem));
    return true;
  }

  private async run<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    request: OperationRequest,
    makePlan: MakePlan<Plan>,
  ): Promise<Outcome<Result>> {
    const id = operationIdOf(request);
    try {
      const held = await this.take(id, kind, request);
      if (!held) return await this.wordOfAnother<Result>(id);
      return await this.attempt(kind, held, makePlan);
    } catch (error) {
      throw problemOf(error, 'internal-error').with({ operationId: id });
    }
  }

  /** Undefined where it is done already, or another attempt is under way. */
  private async take(
    id: string,
    kind: { name: string },
    request: OperationRequest,
  ): Promise<OperationRow | undefined> {
    const fingerprint = fingerprintOf(request.body);
    const caller = callerName(request.actor);
    const claimed = await this.store.claim({ id, kind: kind.name, caller, fingerprint });
    if (claimed) return claimed;
    const known = await this.store.find(id);
    if (known && known.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused');
    return known?.state === 'running' ? this.store.takeOver(id) : undefined;
  }

  /** @throws {Problem} unless it is done */
  private async attempt<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    held: OperationRow,
    makePlan?: MakePlan<Plan>,
  ): Promise<Outcome<Result>> {
    const renewal = setInterval(() => void this.store.renew(held).catch(untilTheNext), LEASE_RENEWAL_MS);
    try {
      const planned = makePlan && held.plan === null ? await this.plan(held, makePlan) : held;
      return await this.carryOut(kind, planned);
    } finally {
      clearInterval(renewal);
    }
  }

  private async plan<Plan>(held: OperationRow, makePlan: MakePlan<Plan>): Promise<OperationRow> {
    try {
      const planned = await this.store.plan(held, await makePlan(identityOf(held.id)));
      if (planned) return planned;
    } catch (error) {
      if (await this.store.forget(held)) throw error;
    }
    throw new Problem('in-progress');
  }

  private async carryOut<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    planned: OperationRow,
  ): Promise<Outcome<Result>> {
    try {
      const result = await this.resultOf(kind, planned);
      const isKept = await this.store.finish(planned, { result });
      return isKept
        ? { result, operationId: planned.id, replayed: false }
        : await this.wordOfAnother(planned.id);
    } catch (error) {
      return this.settle(kind, planned, problemOf(error, 'outcome-unknown'));
    }
  }

  /** Sends the plan while that can't do it twice; looks for its effect at Stripe where sending proves nothing. */
  private async resultOf<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    planned: OperationRow,
  ): Promise<Result> {
    const sentAt = planned.firstSentAt ?? this.clock.now();
    if (maySendAgain(sentAt, this.clock.now())) {
      try {
        return await kind.send(planned.plan as Plan, identityOf(planned.id));
      } catch (error) {
        if (!isReplayedFailure(error)) throw error;
      }
    }
    return this.lookUp(kind, planned, sentAt);
  }

  /** Believes what it does not find only once Stripe can't be at work on it any more. */
  private async lookUp<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    planned: OperationRow,
    sentAt: Date,
  ): Promise<Result> {
    const firstLookedAt = planned.firstLookedAt ?? (await this.store.beginToLook(planned));
    const found = await kind.find(planned.plan as Plan, identityOf(planned.id), sentAt);
    if (typeof found !== 'string') return found.result;
    if (!hasSettled(firstLookedAt, this.clock.now())) throw new Problem('outcome-unknown');
    throw new Problem(found === 'not-done' ? 'not-done' : 'needs-review');
  }

  /**
   * Keeps what is the last word for repetitions; gives back what is uncertain, to be tried again. Once something may
   * have been sent, nothing that goes wrong with us may sound as if it had not.
   *
   * @throws {Problem} unless another attempt, which has taken over, has done it
   */
  private async settle<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    held: OperationRow,
    problem: Problem,
  ): Promise<Outcome<Result>> {
    try {
      if (!(await this.keep(kind, held, problem))) return await this.wordOfAnother<Result>(held.id);
    } catch (failure) {
      throw problemOf(failure, 'outcome-unknown');
    }
    throw problem;
  }

  /** False where another attempt has taken over. */
  private async keep<Plan, Result>(
    kind: OperationKind<Plan, Result>,
    held: OperationRow,
    problem: Problem,
  ): Promise<boolean> {
    const { slug, extras } = problem;
    // Stripe knows the key by another request, of which a lost database no longer told.
    if (slug === 'idempotency-key-reused') return this.store.forget(held);
    if (slug === 'needs-review') {
      this.logger.error(describeFailure(problem.with({ operationId: held.id })));
      return this.store.leaveToReview(held);
    }
    if (!isLastWord(problem)) return this.store.giveBack(held);
    const release = kind.release?.bind(kind);
    return this.store.finish(
      held,
      { problem: { slug, extras } },
      release && ((transaction) => release(transaction, held.plan as Plan, identityOf(held.id))),
    );
  }

  /** How it ended, or that it has not, by whoever holds it now. */
  private async wordOfAnother<Result>(id: string): Promise<Outcome<Result>> {
    const known = await this.store.find(id);
    if (!known || known.state === 'running') throw new Problem('in-progress');
    if (known.state === 'needs-review') throw new Problem('needs-review');
    const stored = known.outcome as StoredOutcome<Result>;
    if ('result' in stored) return { result: stored.result, operationId: id, replayed: true };
    throw new Problem(stored.problem.slug, { ...stored.problem.extras, replayed: true });
  }

  /** Nobody waits for an answer where the worker goes on with an operation. */
  private logUnsettled({ id }: OperationRow, problem: Problem): void {
    if (problem.status >= 500) this.logger.warn(describeFailure(problem.with({ operationId: id })));
  }
}

/** Everything uncertain is not: a repetition under the same key tries again. */
function isLastWord(problem: Problem): boolean {
  return LAST_WORDS.has(problem.slug) || isDefiniteRefusal(problem);
}

function problemOf(error: unknown, otherwise: ProblemSlug): Problem {
  if (error instanceof Problem) return error;
  return new Problem(isDatabaseAway(error) ? 'unavailable' : otherwise, {}, error);
}

/** A renewal that fails is made up for by the next one. */
function untilTheNext(): void {}
