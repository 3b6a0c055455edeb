import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Problem, type ProblemSlug } from '#core/problem.js';
import { BACKGROUND, type RequestContext } from '#core/request-context.js';
import { isRefusedBesides, isReplayedFailure } from '#stripe/stripe-errors.js';
import type { Transaction } from '../database/database.js';
import { toProblem } from '../database/to-problem.js';
import { DecryptionError } from '../encryption/keyring.js';
import { describeFailure } from '../logging/describe-failure.js';
import { underLease } from '../queue/lease.js';
import { type NewSpan, Tracing } from '../tracing/tracing.js';
import type {
  MakeEarlyPlan,
  MakePlan,
  OperationKind,
  OperationRequest,
  Outcome,
  StoredOutcome,
} from './operation.js';
import { OperationEncryption } from './operation-encryption.js';
import { fingerprintOf, identityOf, operationIdOf } from './operation-identity.js';
import { GuardrailCounters } from './guardrail-counters.store.js';
import type { CountedAmount } from './guardrail-rules.js';
import { isFinal, isKeyReused, mayReopen, refusalToProve, storedOutcomeOf } from './operation-outcome.js';
import { type OperationRow, OperationsStore } from './operations.store.js';
import { RefusalLog } from './refusal-log.js';
import { isHiddenTooLong, isLookUpConclusive, maySendAgain } from './retry-policy.js';

/** What an attempt knows when it begins to look up. */
interface LookUpStart {
  /** How long ago it was first looked up, 0 if it never was, from before anything is read: what Stripe does late may not be in it. */
  lookedForMs: number;
  sentAt: Date;
  /** How it ends if it was not done; `not-done` if undefined. */
  refusal: Problem | undefined;
}

/**
 * One attempt at an operation: claim -> plan -> send -> look up -> finish.
 * docs/adr/0005-operations.md has a diagram of the states in between.
 */
@Injectable()
export class OperationAttempt {
  private readonly logger = new Logger(OperationAttempt.name);

  constructor(
    private readonly store: OperationsStore,
    private readonly counters: GuardrailCounters,
    private readonly refusals: RefusalLog,
    private readonly encryption: OperationEncryption,
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Attempts what a caller asks for, unless it is done already.
   *
   * @throws {Problem} unless it succeeded now or before
   */
  async run<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    request: OperationRequest,
    makePlan: MakePlan<Plan>,
    makeEarlyPlan?: MakeEarlyPlan<Plan>,
  ): Promise<Outcome<Result>> {
    const id = operationIdOf(request);
    const { context } = request;
    try {
      let isFirst = false;
      const claimed = await this.inStep('claim', kind, async () => {
        const planned = makeEarlyPlan && (await this.claimPlanned(id, kind, request, makeEarlyPlan));
        isFirst = planned !== undefined;
        return planned ?? this.claim(id, kind, request);
      });
      if (!claimed) return await this.currentOutcome(context, kind, id);
      return await underLease(
        () => this.store.renew(claimed),
        async () => {
          if (claimed.plan !== null) return this.carryOut(context, kind, claimed, isFirst);
          const planned = await this.inStep('plan', kind, () => this.plan(claimed, request.actor, makePlan));
          return this.carryOut(context, kind, planned, true);
        },
      );
    } catch (error) {
      throw toProblem(error, 'internal-error').with({ operationId: id });
    }
  }

  /**
   * Attempts a planned operation that the worker has leased.
   *
   * @throws {Problem} unless it succeeded
   */
  resume<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    planned: OperationRow,
  ): Promise<Outcome<Result>> {
    const { traceparent: continues } = planned;
    return this.inStep('resume', { ...kind, continues }, () =>
      underLease(
        () => this.store.renew(planned),
        () => this.carryOut(BACKGROUND, kind, planned),
      ),
    );
  }

  /**
   * Claims and plans a new operation with one statement. Undefined if it exists, or if it may have to be refused: the
   * usual steps find out. What counts against limits of the day has a transaction of its own, so it takes those too.
   */
  private async claimPlanned<Plan>(
    id: string,
    kind: { name: string },
    { actor, body }: OperationRequest,
    makeEarlyPlan: MakeEarlyPlan<Plan>,
  ): Promise<OperationRow | undefined> {
    if (actor.kind !== 'user' && actor.guardrails) return undefined;
    const early = undefinedForProblem(() => makeEarlyPlan(identityOf({ id, generation: 1 })));
    if (!early) return undefined;
    const caller = this.encryption.callerOf(actor);
    const fingerprint = fingerprintOf(body);
    const { traceparent } = this;
    const operation = { id, kind: kind.name, caller, fingerprint, traceparent };
    return this.store.claimPlanned(operation, early, () => this.encryption.encryptEarlyPlan(id, early.plan));
  }

  /** Undefined if it has ended, or another attempt holds the lease. */
  private async claim(
    id: string,
    kind: { name: string },
    request: OperationRequest,
  ): Promise<OperationRow | undefined> {
    const fingerprint = fingerprintOf(request.body);
    const caller = this.encryption.callerOf(request.actor);
    const { traceparent } = this;
    const claimed = await this.store.claim({ id, kind: kind.name, caller, fingerprint, traceparent });
    if (claimed) return claimed;
    const known = await this.store.find(id);
    if (known && known.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused');
    if (known && mayReopen(known)) return this.store.reopen(known);
    return known?.state === 'running' ? this.store.takeOver(id) : undefined;
  }

  /** Stores the exact parameters before anything is sent. If this fails, nothing has happened, so the row is deleted. */
  private async plan<Plan>(
    held: OperationRow,
    actor: Actor,
    makePlan: MakePlan<Plan>,
  ): Promise<OperationRow> {
    const guardrails = actor.kind === 'user' ? undefined : actor.guardrails;
    let counted: CountedAmount | undefined;
    try {
      const plan = await makePlan(identityOf(held), (moved) => {
        counted = guardrails && this.counters.check(guardrails, moved);
      });
      const planned = await this.store.plan(held, this.encryption.encryptPlan(held.id, plan), counted);
      // What another attempt reads has no undefined properties and no dates.
      if (planned) return { ...planned, plan: JSON.parse(JSON.stringify(plan)) };
    } catch (error) {
      if (await this.store.forget(held)) throw error;
    }
    throw new Problem('in-progress');
  }

  /** @param isFirst whether no attempt before this one can have sent anything */
  private async carryOut<Plan, Result, Answer>(
    context: RequestContext,
    kind: OperationKind<Plan, Result, Answer>,
    stored: OperationRow,
    isFirst = false,
  ): Promise<Outcome<Result>> {
    let planned = stored;
    try {
      planned = { ...stored, plan: await this.decryptPlan(stored) };
      const answer = await this.inStep('send', kind, () => this.send(context, kind, planned, isFirst));
      const result = kind.resultOf ? kind.resultOf(answer) : (answer as unknown as Result);
      const { id: operationId } = planned;
      const isStored = await this.inStep('finish', kind, () =>
        this.storeResult(kind, planned, answer, result),
      );
      if (!isStored) return await this.currentOutcome(context, kind, planned.id);
      return { result, operationId, replayed: false };
    } catch (error) {
      return this.finishWithProblem(context, kind, planned, toProblem(error, 'outcome-unknown'));
    }
  }

  /**
   * A lost key leaves the outcome unknown, as an earlier attempt may have sent the plan. 23 hours after the first attempt
   * without it, a person has to find the outcome out.
   *
   * @throws {Problem} `needs-review`
   * @throws {DecryptionError}
   */
  private async decryptPlan(stored: OperationRow): Promise<unknown> {
    try {
      return this.encryption.decryptPlan(stored);
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      await this.store.startLookUp(stored);
      if (!isHiddenTooLong(await this.store.lookedForMs(stored))) throw error;
      throw new Problem('needs-review', {}, error);
    }
  }

  /** Stores the result and what has to outlast the operation; false if another attempt has taken over. */
  private storeResult<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    held: OperationRow,
    answer: Answer,
    result: Result,
  ): Promise<boolean> {
    const { id: operationId, leaseId, caller } = held;
    const outcome = this.encryption.encryptOutcome(operationId, { result });
    if (kind.finish) {
      return kind.finish({ operationId, leaseId, caller, outcome, finishedAt: this.clock.now() }, answer);
    }
    const record = kind.record?.bind(kind);
    return this.store.finish(
      held,
      outcome,
      record && ((transaction) => record(transaction, answer, { operationId, caller })),
    );
  }

  /**
   * Sends the plan while Stripe remembers the key. After that, or if Stripe replays a failure, looks it up instead. So it
   * does if a check refuses to send it again, as an earlier attempt may have, and if Stripe refuses another call, such as a
   * read, as the plan may have been sent before it. Nothing is sent for 15 seconds after the first look-up, as a look-up would prove
   * nothing about that call. It is sent again at each attempt after that, also if Stripe has refused to show the outcome. A failure
   * that Stripe repeats then is older than the look-up.
   */
  private async send<Plan, Result, Answer>(
    context: RequestContext,
    kind: OperationKind<Plan, Result, Answer>,
    planned: OperationRow,
    isFirst: boolean,
  ): Promise<Answer> {
    const now = this.clock.now();
    const { firstSentAt, firstLookedAt } = planned;
    const sentAt = firstSentAt ?? now;
    const lookedForMs = await this.store.lookedForMs(planned);
    const isSettling = firstLookedAt !== null && !isLookUpConclusive(lookedForMs);
    let refusal: Problem | undefined;
    if (!isSettling && maySendAgain(sentAt, now)) {
      // Stripe may still process this call long after that look-up.
      if (firstLookedAt !== null) await this.store.forgetLookUp(planned);
      try {
        const sending = firstLookedAt === null ? context : { ...context, isSentOnce: true };
        return await kind.send(sending, planned.plan as Plan, identityOf(planned), sentAt);
      } catch (error) {
        refusal = refusalToProve(error, isFirst);
        if (isRefusedBesides(error)) this.refusals.log(planned.id, error);
        else if (!refusal && !isReplayedFailure(error)) throw error;
      }
    }
    const start = { lookedForMs, sentAt, refusal };
    return this.inStep('look up', kind, () => this.lookUp(context, kind, planned, start));
  }

  /**
   * If nothing or a part is found, the outcome stays unknown for as long as Stripe may still process an earlier call. If Stripe refuses
   * to show it, it stays unknown too, and 23 hours after the first look-up a person has to find it out.
   */
  private async lookUp<Plan, Result, Answer>(
    context: RequestContext,
    kind: OperationKind<Plan, Result, Answer>,
    planned: OperationRow,
    { lookedForMs, sentAt, refusal = new Problem('not-done') }: LookUpStart,
  ): Promise<Answer> {
    await this.store.startLookUp(planned);
    const found = await kind
      .find(context, planned.plan as Plan, identityOf(planned), sentAt, isKeyReused(refusal.cause))
      .catch((error: unknown) => {
        if (!isRefusedBesides(error)) throw error;
        this.refusals.log(planned.id, error);
        return toProblem(error, 'outcome-unknown');
      });
    if (found instanceof Problem) {
      throw new Problem(isHiddenTooLong(lookedForMs) ? 'needs-review' : 'outcome-unknown', {}, found.cause);
    }
    if (typeof found !== 'string' && 'result' in found) return found.result;
    if (!isLookUpConclusive(lookedForMs)) throw new Problem('outcome-unknown');
    if (typeof found !== 'string') {
      // Stripe may still process a call of the rest long after that look-up.
      await this.store.forgetLookUp(planned);
      return found.doRest();
    }
    throw found === 'not-done' ? refusal : new Problem('needs-review');
  }

  /**
   * Stores a final problem; after any other one, the operation is tried again. As something may have been sent, a
   * failure of our own is reported as `outcome-unknown`.
   *
   * @throws {Problem} unless another attempt has taken over and succeeded
   */
  private async finishWithProblem<Plan, Result, Answer>(
    context: RequestContext,
    kind: OperationKind<Plan, Result, Answer>,
    held: OperationRow,
    problem: Problem,
  ): Promise<Outcome<Result>> {
    try {
      const isStored = await this.inStep('finish', kind, () => this.storeProblem(kind, held, problem));
      if (!isStored) return await this.currentOutcome(context, kind, held.id);
    } catch (failure) {
      throw toProblem(failure, 'outcome-unknown');
    }
    throw problem;
  }

  /** False if another attempt has taken over. */
  private async storeProblem<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    held: OperationRow,
    problem: Problem,
  ): Promise<boolean> {
    const { slug, extras } = problem;
    // Stripe has seen the key with another body: our database has lost that request.
    if (slug === 'idempotency-key-reused') return this.store.forget(held);
    if (slug === 'needs-review') {
      this.logger.error(describeFailure(problem.with({ operationId: held.id })));
      return this.store.markForReview(held);
    }
    if (!isFinal(problem)) return this.store.retryLater(held);
    const outcome = this.encryption.encryptOutcome(held.id, { problem: { slug, extras } });
    return this.store.finish(held, outcome, this.releaseOf(kind, held, problem));
  }

  /** Releases what was reserved and counted for an operation that was refused; undefined if there is nothing. */
  private releaseOf<Plan, Result, Answer>(
    kind: OperationKind<Plan, Result, Answer>,
    held: OperationRow,
    problem: Problem,
  ): ((transaction: Transaction) => Promise<void>) | undefined {
    const counted = kind.mayStillPay?.(problem) ? null : held.counted;
    if (!kind.release && !counted) return undefined;
    return async (transaction) => {
      const { id: operationId, caller } = held;
      await kind.release?.(transaction, held.plan as Plan, { operationId, caller }, problem);
      if (counted) await this.counters.giveBack(transaction, counted);
    };
  }

  private get traceparent(): string | null {
    return this.tracing.traceparent ?? null;
  }

  private inStep<T>(
    step: string,
    { name, continues }: Pick<NewSpan, 'name' | 'continues'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const attributes = { 'paydesk.kind': name };
    return this.tracing.inSpan({ name: `operation ${step}`, attributes, continues }, work);
  }

  /** How another attempt has ended it, or `in-progress`. */
  private async currentOutcome<Plan, Result, Answer>(
    context: RequestContext,
    kind: OperationKind<Plan, Result, Answer>,
    id: string,
  ): Promise<Outcome<Result>> {
    const row = await this.store.find(id);
    if (row?.state !== 'done') return storedOutcomeOf(row);
    const refetch = async (stripeId: string, slug?: ProblemSlug) =>
      (await kind.refetch?.(context, stripeId, slug)) ?? {};
    const outcome = await this.encryption.decryptOutcome(id, row.outcome as StoredOutcome, refetch);
    return storedOutcomeOf({ ...row, outcome });
  }
}

function undefinedForProblem<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
