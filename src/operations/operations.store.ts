import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operations } from '../database/schema.js';
import type { NotificationFact } from '../notifications/notification.js';
import { Outbox } from '../notifications/outbox.store.js';
import { inBatches, PRUNE_BATCH_SIZE } from '../queue/in-batches.js';
import { expiredLease, leaseFrom } from '../queue/lease.js';
import { LeasedRows } from '../queue/leased-rows.store.js';
import { GuardrailCounters } from './guardrail-counters.store.js';
import type { CountedAmount } from './guardrail-rules.js';
import type { EarlyPlan, StoredOutcome } from './operation.js';
import { operationView, reportOf } from './operation-report.js';
import { PlannedClaims } from './planned-claims.store.js';
import { retryDelayMs } from './retry-policy.js';
import { SharedClock } from './shared-clock.store.js';

export type OperationRow = typeof operations.$inferSelect;

const SECRETS_RETENTION_MS = 24 * 60 * 60 * 1000;
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;

/** `enc` becomes null, which tells that there were secrets. Earlier versions stored them in clear. */
const OUTCOME_WITHOUT_SECRETS = sql`case
  when ${operations.outcome} ? 'enc'
    or (${operations.outcome} -> 'result') ?| array['clientSecret', 'url']
    or (${operations.outcome} #> '{problem,extras}') ? 'clientSecret'
  then (${operations.outcome} #- '{result,clientSecret}' #- '{result,url}' #- '{problem,extras,clientSecret}')
    || '{"enc": null}'
  else ${operations.outcome} end`;

/**
 * Ends the operations in `input` whose attempts still hold the lease: a part of a statement that stores more with them.
 * `input` has the columns of `OperationEnd`; its rows that have taken effect are returned. `state` is compared with a
 * literal, because PostgreSQL uses no partial index for a parameter of a prepared statement:
 * https://www.postgresql.org/docs/current/indexes-partial.html
 */
export const FINISH_HELD = `
  update operations set state = 'done', outcome = input.outcome, finished_at = input."finishedAt"
  from input
  where operations.id = input."operationId" and state = 'running' and lease_id = input."leaseId"
  returning input.*`;

/** Operations in PostgreSQL. An attempt holds a lease; once it has lost the lease, it can't change the row any more. */
@Injectable()
export class OperationsStore {
  private readonly rows = new LeasedRows(operations, sql`${operations.state} = 'running'`);
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly plannedClaims: PlannedClaims;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
    private readonly sharedClock: SharedClock,
    private readonly counters: GuardrailCounters,
    private readonly outbox: Outbox,
  ) {
    this.statements = prepareStatements(database, this.rows);
    this.plannedClaims = new PlannedClaims(database);
  }

  /** Inserts an operation and leases it; undefined if its id exists already. */
  async claim(
    operation: Pick<OperationRow, 'id' | 'kind' | 'caller' | 'fingerprint' | 'traceparent'>,
  ): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.statements.claim.execute({ ...operation, ...leaseFrom(now), now });
    return row;
  }

  /**
   * Inserts an operation with its plan and leases it; undefined if its id exists already, the customer or card is not known,
   * or the condition does not hold.
   *
   * @param encrypted makes the plan as it is stored, but without the customer. The result has the plan itself.
   */
  async claimPlanned(
    operation: Pick<OperationRow, 'id' | 'kind' | 'caller' | 'fingerprint' | 'traceparent'>,
    { plan, owner, paymentMethodId, customerLookUp, condition }: EarlyPlan<unknown>,
    encrypted: () => object,
  ): Promise<OperationRow | undefined> {
    const { id, kind, caller, fingerprint, traceparent } = operation;
    const now = this.clock.now();
    const { leaseId, leaseExpiresAt } = leaseFrom(now);
    // Spread, these fields took 10 us, as V8 adds each of them in its runtime.
    const row = {
      id,
      kind,
      caller,
      fingerprint,
      traceparent,
      leaseId,
      leaseExpiresAt,
      createdAt: now,
      firstSentAt: now,
      retryAt: now,
      state: 'running' as const,
      generation: 1,
      attempts: 0,
      counted: null,
      outcome: null,
      firstLookedAt: null,
      finishedAt: null,
    };
    const claim = { row, owner, paymentMethodId, encrypted };
    const customer = await this.plannedClaims.add(customerLookUp, condition, claim);
    return customer === undefined ? undefined : { plan: { ...plan, customer }, ...row };
  }

  async find(id: string): Promise<OperationRow | undefined> {
    const [row] = await this.statements.find.execute({ id });
    return row;
  }

  /** Leases an operation whose attempt has died or given up; undefined if another attempt holds it. */
  async takeOver(id: string): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database
      .update(operations)
      .set(leaseFrom(now))
      .where(and(eq(operations.id, id), this.rows.isFree(now)))
      .returning();
    return row;
  }

  /**
   * Starts a refused operation again, without a plan and with another key for Stripe, because Stripe repeats its refusal
   * for the old key. The refusal stays stored until there is a plan. Undefined if another attempt was faster.
   */
  async reopen({ id, leaseId, generation }: OperationRow): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const unplanned = { finishedAt: null, plan: null, counted: null, firstSentAt: null, firstLookedAt: null };
    const [row] = await this.database
      .update(operations)
      .set({
        ...unplanned,
        ...leaseFrom(now),
        state: 'running',
        generation: generation + 1,
        attempts: 0,
        retryAt: now,
      })
      // This is the lease of the finished attempt. Only one concurrent call finds it, because it is replaced here.
      .where(and(eq(operations.id, id), eq(operations.state, 'done'), eq(operations.leaseId, leaseId)))
      .returning();
    return row;
  }

  /** Leases the planned operation that has been due for longest; undefined if none is due. */
  takeDue(): Promise<OperationRow | undefined> {
    return this.rows.takeDue(this.database, this.clock.now(), isNotNull(operations.plan));
  }

  /** Extends the lease of a running attempt. */
  renew(held: OperationRow): Promise<void> {
    return this.rows.renew(this.database, held, this.clock.now());
  }

  /**
   * Stores what will be sent, before it is sent; undefined if the lease is lost.
   *
   * @param counted an amount to count in the same transaction
   * @throws {Problem} `limit-exceeded` if it can't be counted; nothing is stored then
   */
  async plan(held: OperationRow, plan: unknown, counted?: CountedAmount): Promise<OperationRow | undefined> {
    const firstSentAt = this.clock.now();
    if (!counted) {
      const { id, leaseId } = held;
      const [row] = await this.statements.plan.execute({ id, leaseId, plan, firstSentAt });
      return row && { ...row, plan };
    }
    const change = { plan, firstSentAt, outcome: null };
    return this.database.transaction(async (transaction) => {
      const row = await this.rows.changeHeld(transaction, held, { ...change, counted });
      // Last, because concurrent operations of the same key wait for this row.
      if (row) await this.counters.add(transaction, counted);
      return row && { ...row, plan };
    });
  }

  /**
   * Stores when it was first looked up at Stripe, or its plan could first not be decrypted: the time before this attempt, if
   * there is one.
   *
   * @throws {Problem} `in-progress` if the lease is lost
   */
  async startLookUp(held: OperationRow): Promise<void> {
    const firstLookedAt = held.firstLookedAt ?? (await this.sharedClock.now());
    if (!(await this.updateHeld(held, { firstLookedAt }))) throw new Problem('in-progress');
  }

  /** How long ago that was, whichever instance has stored it; 0 if it was not before this attempt. */
  async lookedForMs({ firstLookedAt }: OperationRow): Promise<number> {
    return firstLookedAt ? (await this.sharedClock.now()).getTime() - firstLookedAt.getTime() : 0;
  }

  /** Forgets that time before something is sent again. @throws {Problem} `in-progress` if the lease is lost */
  async forgetLookUp(held: OperationRow): Promise<void> {
    if (!(await this.updateHeld(held, { firstLookedAt: null }))) throw new Problem('in-progress');
  }

  /**
   * Stores how it ended; false if the lease is lost.
   *
   * @param also runs in the same transaction
   */
  async finish(
    held: OperationRow,
    outcome: StoredOutcome,
    also?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    const change = { state: 'done', outcome, finishedAt: this.clock.now() } as const;
    if (!also) return this.updateHeld(held, change);
    return this.database.transaction(async (transaction) => {
      const isStored = await this.updateHeld(held, change, transaction);
      if (isStored) await also(transaction);
      return isStored;
    });
  }

  /**
   * Ends an operation whose outcome a person has to find out, and notifies its caller; false if the lease is lost.
   */
  async markForReview(held: OperationRow): Promise<boolean> {
    const change = { state: 'needs-review', finishedAt: this.clock.now() } as const;
    return this.database.transaction(async (transaction) => {
      const row = await this.rows.changeHeld(transaction, held, change);
      if (row) await this.outbox.add(transaction, [reviewFact(row, change.finishedAt)]);
      return row !== undefined;
    });
  }

  /**
   * Releases the lease: a repetition may try again at once, the worker does after a delay. False if the lease is lost.
   */
  async retryLater(held: OperationRow): Promise<boolean> {
    const attempts = held.attempts + 1;
    const retryAt = new Date(this.clock.now().getTime() + retryDelayMs(attempts));
    return this.updateHeld(held, { attempts, retryAt, ...expiredLease() });
  }

  /** Deletes an operation that had no effect, or ends it as refused if it was reopened; false if the lease is lost. */
  async forget(held: OperationRow): Promise<boolean> {
    return (await this.forgetWhere(this.rows.isHeld(held))) === 1;
  }

  /** Does the same with operations whose process died before they were planned. */
  async forgetUnplanned(): Promise<void> {
    const isUnplanned = and(this.rows.isFree(this.clock.now()), isNull(operations.plan));
    // Each pass of the worker comes here, and there is hardly ever one.
    const [unplanned] = await this.database
      .select({ id: operations.id })
      .from(operations)
      .where(isUnplanned)
      .limit(1);
    if (unplanned) await this.forgetWhere(isUnplanned);
  }

  /** Deletes operations that are done and older than 30 days, and the sums of days before that. */
  async prune(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - RETENTION_MS);
    const prunable = this.database
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.state, 'done'), lt(operations.createdAt, oldest)))
      .limit(PRUNE_BATCH_SIZE);
    await inBatches(() => this.database.delete(operations).where(inArray(operations.id, prunable)));
    await this.counters.prune(oldest);
  }

  /** Deletes the plans and secrets of operations that ended more than a day ago. */
  async forgetSecrets(): Promise<void> {
    const latest = new Date(this.clock.now().getTime() - SECRETS_RETENTION_MS);
    const ended = this.database
      .select({ id: operations.id })
      .from(operations)
      .where(and(isNotNull(operations.plan), lt(operations.finishedAt, latest)))
      .limit(PRUNE_BATCH_SIZE);
    await inBatches(() =>
      this.database
        .update(operations)
        .set({ plan: null, outcome: OUTCOME_WITHOUT_SECRETS })
        .where(inArray(operations.id, ended)),
    );
  }

  /**
   * Deletes operations, and their reservations by cascade. Those that were reopened are inserted again with the refusal
   * that they had: their generation must not start again at 1. Gives back what was counted for them.
   */
  private forgetWhere(condition: SQL | undefined): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const deleted = await transaction.delete(operations).where(condition).returning();
      const refused = deleted.filter(({ outcome }) => outcome !== null);
      if (refused.length > 0) {
        const end = { state: 'done', finishedAt: this.clock.now() } as const;
        await transaction.insert(operations).values(refused.map((row) => ({ ...row, ...end })));
      }
      for (const { counted } of deleted) if (counted) await this.counters.giveBack(transaction, counted);
      return deleted.length;
    });
  }

  private async updateHeld(
    held: OperationRow,
    change: Partial<OperationRow>,
    database: Database | Transaction = this.database,
  ): Promise<boolean> {
    return (await this.rows.changeHeld(database, held, change)) !== undefined;
  }
}

/** The statements of every charge. The pool keeps their plans: docs/adr/0015-speed.md. */
function prepareStatements(database: Database, rows: LeasedRows<typeof operations>) {
  const { placeholder } = sql;
  const [id, leaseId, now] = [placeholder('id'), placeholder('leaseId'), placeholder('now')];
  return {
    claim: database
      .insert(operations)
      .values({
        id,
        kind: placeholder('kind'),
        caller: placeholder('caller'),
        fingerprint: placeholder('fingerprint'),
        state: 'running',
        leaseId,
        leaseExpiresAt: placeholder('leaseExpiresAt'),
        retryAt: now,
        createdAt: now,
        traceparent: placeholder('traceparent'),
      })
      .onConflictDoNothing()
      .returning()
      .prepare('operations-claim'),
    find: database.select().from(operations).where(eq(operations.id, id)).prepare('operations-find'),
    plan: database
      .update(operations)
      .set({
        plan: sql`${sql.param(placeholder('plan'), operations.plan)}`,
        firstSentAt: sql`${sql.param(placeholder('firstSentAt'), operations.firstSentAt)}`,
        outcome: null,
      })
      .where(rows.isHeld({ id, leaseId }))
      .returning()
      .prepare('operations-plan'),
  };
}

/** A partner sees what its own callers have started; its caller name is its tenant. */
function reviewFact(row: OperationRow, at: Date): NotificationFact {
  const { id, caller } = row;
  const data = { operation: operationView(reportOf(row)) };
  const about = { subject: id, data, tenant: caller, userId: null, caller, paymentId: null };
  return { type: 'operation.needs_review', at, ...about };
}
