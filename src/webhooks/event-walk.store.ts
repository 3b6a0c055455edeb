import { Inject, Injectable, Logger } from '@nestjs/common';
import { gte } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';
import { eventWalk } from '../database/schema.js';

/** An arbitrary constant: the advisory lock that an instance holds while it walks. */
const WALK_LOCK = 7_215_332;

export type WalkRow = typeof eventWalk.$inferSelect;

/** When the list of events was walked, and which instance walks it now. */
@Injectable()
export class EventWalkStore {
  private readonly logger = new Logger(EventWalkStore.name);

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Undefined before the first walk. */
  async find(): Promise<WalkRow | undefined> {
    const [row] = await this.database.select().from(eventWalk);
    return row;
  }

  /** Stores when the walk that is now complete started, so that the next one goes on from there. */
  async complete(startedAt: Date, change: Partial<Pick<WalkRow, 'backfillNeededSince'>>): Promise<void> {
    await this.database
      .insert(eventWalk)
      .values({ startedAt, ...change })
      .onConflictDoUpdate({ target: eventWalk.id, set: { startedAt, ...change } });
  }

  /** After the account was read since then, or all of it if null, nothing older is missing. */
  async clearBackfillNeeded(since: Date | null): Promise<void> {
    await this.database
      .update(eventWalk)
      .set({ backfillNeededSince: null })
      .where(since === null ? undefined : gte(eventWalk.backfillNeededSince, since));
  }

  /**
   * Runs `work` unless another instance runs it at the moment. A lock of the session, because a transaction must not be
   * open while Stripe answers; if the connection breaks, PostgreSQL releases it.
   * https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
   */
  async withLock(work: () => Promise<void>): Promise<void> {
    const client = await this.database.$client.connect();
    let failure: Error | undefined;
    try {
      const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        WALK_LOCK,
      ]);
      if (!rows[0]?.locked) return;
      try {
        await work();
      } finally {
        await client.query('select pg_advisory_unlock($1)', [WALK_LOCK]).catch((error: Error) => {
          failure = error;
          this.logger.warn(`Lost the connection of the walk's lock: ${error.message}`);
        });
      }
    } finally {
      // A connection that may still hold the lock is closed.
      client.release(failure);
    }
  }
}
