import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, isNotNull, isNull, lt, lte } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operations } from '../database/schema.js';
import type { StoredOutcome } from './operation.js';
import { waitMsAfter } from './retry-policy.js';

export type OperationRow = typeof operations.$inferSelect;

/**
 * A living attempt renews its lease well before; a dead one's operation is taken over this much later. Clocks that differ
 * by more than the rest have attempts taken from the living, which Stripe's key makes harmless.
 */
const LEASE_MS = 6_000;
export const LEASE_RENEWAL_MS = 2_000;
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;
/** So that no statement takes long, however much is due. */
const PRUNED_AT_ONCE = 1_000;
const LONG_AGO = new Date(0);

/** Operations in PostgreSQL. An attempt holds a lease; whoever has lost it changes nothing any more. */
@Injectable()
export class OperationsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Takes an id that nobody has used yet; undefined where it is taken. */
  async claim(
    operation: Pick<OperationRow, 'id' | 'kind' | 'caller' | 'fingerprint'>,
  ): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database
      .insert(operations)
      .values({ ...operation, state: 'running', ...leaseFrom(now), retryAt: now, createdAt: now })
      .onConflictDoNothing()
      .returning();
    return row;
  }

  async find(id: string): Promise<OperationRow | undefined> {
    const [row] = await this.database.select().from(operations).where(eq(operations.id, id));
    return row;
  }

  /** Takes over an operation whose attempt has died or given up; undefined where another was faster. */
  async takeOver(id: string): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database
      .update(operations)
      .set(leaseFrom(now))
      .where(and(eq(operations.id, id), isFree(now)))
      .returning();
    return row;
  }

  /** Takes over one operation that is due and that nobody holds; several instances may ask at once. */
  async takeDue(): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    return this.database.transaction(async (transaction) => {
      const [due] = await transaction
        .select({ id: operations.id })
        .from(operations)
        .where(and(isFree(now), isNotNull(operations.plan), lte(operations.retryAt, now)))
        .orderBy(asc(operations.retryAt))
        .limit(1)
        .for('update', { skipLocked: true });
      if (!due) return undefined;
      const [row] = await transaction
        .update(operations)
        .set(leaseFrom(now))
        .where(eq(operations.id, due.id))
        .returning();
      return row;
    });
  }

  /** Keeps a living attempt's lease. */
  async renew(held: OperationRow): Promise<void> {
    await this.changeHeld(held, { leaseExpiresAt: leaseEnd(this.clock.now()) });
  }

  /** Fixes what will be sent, before it is sent; undefined where the lease is lost. */
  async plan(held: OperationRow, plan: unknown): Promise<OperationRow | undefined> {
    const change = { plan, firstSentAt: this.clock.now() };
    const [row] = await this.database.update(operations).set(change).where(isHeld(held)).returning();
    return row;
  }

  /** Notes that from now on it is looked for at Stripe. @throws {Problem} `in-progress` where the lease is lost */
  async beginToLook(held: OperationRow): Promise<Date> {
    const firstLookedAt = this.clock.now();
    if (!(await this.changeHeld(held, { firstLookedAt }))) throw new Problem('in-progress');
    return firstLookedAt;
  }

  /**
   * Keeps how it ended; false where the lease is lost.
   *
   * @param along what is kept with it, in the same transaction
   */
  async finish(
    held: OperationRow,
    outcome: StoredOutcome,
    along?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean> {
    const change = { state: 'done', outcome, finishedAt: this.clock.now() } as const;
    if (!along) return this.changeHeld(held, change);
    return this.database.transaction(async (transaction) => {
      const isKept = await this.changeHeld(held, change, transaction);
      if (isKept) await along(transaction);
      return isKept;
    });
  }

  /** Leaves what can't be proved to a person; false where the lease is lost. */
  async leaveToReview(held: OperationRow): Promise<boolean> {
    const change = { state: 'needs-review', finishedAt: this.clock.now() } as const;
    return this.changeHeld(held, change);
  }

  /** Gives an unfinished operation back, at once for a repetition and after a while for the worker. */
  async giveBack(held: OperationRow): Promise<boolean> {
    const attempts = held.attempts + 1;
    const retryAt = new Date(this.clock.now().getTime() + waitMsAfter(attempts));
    // Another lease, so that a renewal under way does not keep it.
    const change = { attempts, retryAt, leaseId: randomUUID(), leaseExpiresAt: LONG_AGO };
    return this.changeHeld(held, change);
  }

  /** Forgets a request by which nothing was done; false where the lease is lost. */
  async forget(held: OperationRow): Promise<boolean> {
    const { rowCount } = await this.database.delete(operations).where(isHeld(held));
    return rowCount === 1;
  }

  /** Forgets requests that died before anything was planned, and with them what they had set aside. */
  async forgetUnplanned(): Promise<void> {
    await this.database.delete(operations).where(and(isFree(this.clock.now()), isNull(operations.plan)));
  }

  /** Forgets what nobody repeats any more. */
  async prune(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - RETENTION_MS);
    const prunable = this.database
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.state, 'done'), lt(operations.createdAt, oldest)))
      .limit(PRUNED_AT_ONCE);
    for (let pruned = PRUNED_AT_ONCE; pruned === PRUNED_AT_ONCE;) {
      const { rowCount } = await this.database.delete(operations).where(inArray(operations.id, prunable));
      pruned = rowCount ?? 0;
    }
  }

  private async changeHeld(
    held: OperationRow,
    change: Partial<OperationRow>,
    database: Database | Transaction = this.database,
  ): Promise<boolean> {
    const { rowCount } = await database.update(operations).set(change).where(isHeld(held));
    return rowCount === 1;
  }
}

function leaseFrom(now: Date): Pick<OperationRow, 'leaseId' | 'leaseExpiresAt'> {
  return { leaseId: randomUUID(), leaseExpiresAt: leaseEnd(now) };
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}

function isFree(now: Date) {
  return and(eq(operations.state, 'running'), lt(operations.leaseExpiresAt, now));
}

function isHeld(held: OperationRow) {
  return and(
    eq(operations.id, held.id),
    eq(operations.state, 'running'),
    eq(operations.leaseId, held.leaseId),
  );
}
