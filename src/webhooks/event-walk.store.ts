import { Inject, Injectable } from '@nestjs/common';
import { gte } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';
import { eventWalk } from '../database/schema.js';
import { withSessionLock } from '../database/session-lock.js';

/** An arbitrary constant: the advisory lock that an instance holds while it walks. */
const WALK_LOCK = 7_215_332;

export type WalkRow = typeof eventWalk.$inferSelect;

/** When the list of events was walked, and which instance walks it now. */
@Injectable()
export class EventWalkStore {
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

  /** Runs `work` unless another instance runs it at the moment. */
  async withLock(work: () => Promise<void>): Promise<void> {
    await withSessionLock(this.database.$directUrl, WALK_LOCK, work, () => undefined);
  }
}
