import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, lt } from 'drizzle-orm';
import { Clock } from '../core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { operations } from '../database/schema.js';

export type OperationRow = typeof operations.$inferSelect;

/** Longer than any one attempt may take, so that a living attempt never loses its lease. */
const LEASE_MS = 60_000;

/** Operations in PostgreSQL. An attempt holds a lease; whoever holds none changes nothing. */
@Injectable()
export class OperationsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Takes a scope nobody has used yet; undefined where it is taken. */
  async claim(kind: string, scope: string, fingerprint: string): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database
      .insert(operations)
      .values({
        id: randomUUID(),
        kind,
        scope,
        fingerprint,
        state: 'running',
        leaseExpiresAt: leaseFrom(now),
        createdAt: now,
      })
      .onConflictDoNothing({ target: operations.scope })
      .returning();
    return row;
  }

  async find(scope: string): Promise<OperationRow | undefined> {
    const [row] = await this.database.select().from(operations).where(eq(operations.scope, scope));
    return row;
  }

  /** Takes over an operation whose attempt has died or given up; undefined where another was faster. */
  async takeOver(id: string): Promise<OperationRow | undefined> {
    const now = this.clock.now();
    const [row] = await this.database
      .update(operations)
      .set({ leaseExpiresAt: leaseFrom(now) })
      .where(and(eq(operations.id, id), eq(operations.state, 'running'), lt(operations.leaseExpiresAt, now)))
      .returning();
    return row;
  }

  /** Fixes what will be sent, before it is sent. */
  async plan(held: OperationRow, plan: unknown): Promise<void> {
    await this.changeHeld(held, { plan, firstSentAt: this.clock.now() });
  }

  async finish(held: OperationRow, outcome: unknown): Promise<void> {
    await this.changeHeld(held, { state: 'done', outcome, finishedAt: this.clock.now() });
  }

  /** Gives an unfinished operation back, for the next repetition to go on with. */
  async release(held: OperationRow): Promise<void> {
    await this.changeHeld(held, { leaseExpiresAt: new Date(0) });
  }

  /** Forgets a request that was refused before anything was planned. */
  async forget(held: OperationRow): Promise<void> {
    await this.database.delete(operations).where(holding(held));
  }

  private async changeHeld(held: OperationRow, change: Partial<OperationRow>): Promise<void> {
    await this.database.update(operations).set(change).where(holding(held));
  }
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}

function holding(held: OperationRow) {
  return and(
    eq(operations.id, held.id),
    eq(operations.state, 'running'),
    eq(operations.leaseExpiresAt, held.leaseExpiresAt),
  );
}
