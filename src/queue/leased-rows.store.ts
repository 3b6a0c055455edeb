import { and, asc, eq, lt, lte, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database, Transaction } from '../database/database.js';
import { leaseEnd, leaseFrom } from './lease.js';

type LeasedTable = PgTable & Record<'id' | 'leaseId' | 'leaseExpiresAt' | 'retryAt', PgColumn>;
type RowOf<Table extends PgTable> = Table['$inferSelect'];
type LeasedRow = { id: unknown; leaseId: unknown };

/**
 * A table whose rows are worked on by one attempt at a time, over all instances. An attempt holds a lease; once it has
 * lost the lease, it can't change the row any more.
 */
export class LeasedRows<Table extends LeasedTable> {
  private readonly table: LeasedTable;

  /**
   * @param isOpen whether a row still has to be worked on. Without parameters, so that PostgreSQL can use a partial index
   *   with this condition.
   */
  constructor(
    table: Table,
    private readonly isOpen: SQL,
  ) {
    this.table = table;
  }

  /** Whether no attempt holds an open row. */
  isFree(now: Date): SQL | undefined {
    return and(this.isOpen, lt(this.table.leaseExpiresAt, now));
  }

  /** Whether a row is open and still held by the attempt that has read it. */
  isHeld({ id, leaseId }: LeasedRow): SQL | undefined {
    return and(eq(this.table.id, id), this.isOpen, eq(this.table.leaseId, leaseId));
  }

  /**
   * Leases the row that has been due for longest, skipping those that others are taking; undefined if none is due.
   *
   * @param condition which rows may be taken
   */
  async takeDue(database: Database, now: Date, condition?: SQL): Promise<RowOf<Table> | undefined> {
    const due = database
      .select({ id: this.table.id })
      .from(this.table)
      .where(and(this.isFree(now), lte(this.table.retryAt, now), condition))
      .orderBy(asc(this.table.retryAt))
      .limit(1)
      .for('update', { skipLocked: true });
    const [row] = await this.change(database, leaseFrom(now), eq(this.table.id, due));
    return row;
  }

  /** Extends the lease of a running attempt. */
  async renew(database: Database, held: LeasedRow, now: Date): Promise<void> {
    await this.changeHeld(database, held, { leaseExpiresAt: leaseEnd(now) });
  }

  /** Changes a held row; undefined if the lease is lost. */
  async changeHeld(
    database: Database | Transaction,
    held: LeasedRow,
    change: Partial<RowOf<Table>>,
  ): Promise<RowOf<Table> | undefined> {
    const [row] = await this.change(database, change, this.isHeld(held));
    return row;
  }

  private change(
    database: Database | Transaction,
    change: object,
    condition: SQL | undefined,
  ): Promise<RowOf<Table>[]> {
    return database.update(this.table).set(change).where(condition).returning();
  }
}
