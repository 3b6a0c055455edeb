import { eq } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { backfills } from '../database/schema-payments.js';
import { withSessionLock } from '../database/session-lock.js';
import type { BackfillStep } from './backfill-item.js';

/** An arbitrary constant: the advisory lock of the process that runs a backfill. */
const BACKFILL_LOCK = 7_215_333;

export type BackfillRow = typeof backfills.$inferSelect;

/** How far a backfill has come. */
export class BackfillStore {
  constructor(private readonly database: Database) {}

  /**
   * Runs `work` while no other process runs a backfill.
   *
   * @throws {Error} if another one does
   */
  withLock<Result>(work: () => Promise<Result>): Promise<Result> {
    return withSessionLock(this.database.$directUrl, BACKFILL_LOCK, work, () => {
      throw new Error('another backfill is running');
    });
  }

  /** The backfill that has not reached its end; undefined if there is none. */
  async unfinished(): Promise<BackfillRow | undefined> {
    const [row] = await this.database.select().from(backfills);
    return row;
  }

  /** Starts a backfill instead of one that has not reached its end. */
  async start(since: Date | null, startedAt: Date, step: BackfillStep): Promise<BackfillRow> {
    const values = { id: 1, since, startedAt, step, lastId: null, itemCount: 0, skipped: [] };
    const [row] = await this.database
      .insert(backfills)
      .values(values)
      .onConflictDoUpdate({ target: backfills.id, set: values })
      .returning();
    return row as BackfillRow;
  }

  /** Stores that everything up to this place was read. */
  async moveTo(place: Pick<BackfillRow, 'step' | 'lastId' | 'itemCount' | 'skipped'>): Promise<void> {
    await this.database.update(backfills).set(place).where(eq(backfills.id, 1));
  }

  async finish(): Promise<void> {
    await this.database.delete(backfills);
  }
}
