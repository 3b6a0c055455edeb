import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, exists, inArray, type SQL, sql, type WithSubquery } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { eventTargets, webhookEvents } from '../database/schema.js';
import { expiredLease } from '../queue/lease.js';
import { LeasedRows } from '../queue/leased-rows.store.js';
import { isLastAttempt, retryDelayMs } from './event-retries.js';
import type { WaitingEvent } from './stripe-event.js';

export type TargetRow = typeof eventTargets.$inferSelect;

/** What became of events whose attempt has failed. */
export type FailedState = 'stored' | 'dead' | 'lost';

/** A change of events. */
type EventChange = PgUpdateSetSource<typeof webhookEvents>;

const IS_WAITING = sql`${webhookEvents.state} in ('stored', 'dead')`;

/**
 * The queue of objects that have events to handle. Each change of an object's events and its row is one statement, because
 * events that arrive wait for the lock of the row. It locks in the same order as {@link EventsStore.addAll}.
 */
@Injectable()
export class EventTargetsStore {
  private readonly rows = new LeasedRows(eventTargets, sql`true`);

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Leases the target that has been due for longest; undefined if none is due. */
  takeDue(): Promise<TargetRow | undefined> {
    return this.rows.takeDue(this.database, this.clock.now());
  }

  /** Extends the lease of a running attempt. */
  renew(held: TargetRow): Promise<void> {
    return this.rows.renew(this.database, held, this.clock.now());
  }

  /** The events that wait for a target, oldest first, with those that its earlier failures have left dead. */
  async waitingEvents({ id, objectId }: TargetRow): Promise<WaitingEvent[]> {
    const { id: eventId, type, createdAt } = webhookEvents;
    const rows = await this.database
      .select({ id: eventId, type, objectId: webhookEvents.objectId, createdAt })
      .from(webhookEvents)
      .where(and(eq(webhookEvents.targetId, id), IS_WAITING))
      .orderBy(asc(webhookEvents.receivedAt));
    return rows.map((row) => ({ ...row, objectId: row.objectId ?? objectId }));
  }

  /**
   * Ends an attempt for all its events. If others have arrived during the attempt, the target is due again.
   *
   * @param ignoredBecause undefined if they were handled
   */
  async finish(held: TargetRow, events: readonly WaitingEvent[], ignoredBecause?: string): Promise<void> {
    const state = ignoredBecause === undefined ? 'done' : 'ignored';
    await this.end(held, events, { state, handledAt: this.clock.now(), lastError: ignoredBecause ?? null });
  }

  /**
   * Releases a target whose attempt has failed, for the next attempt; after the last one its events are dead.
   *
   * @returns the state of the events; `lost` if the attempt has lost its lease, and so changed nothing
   */
  async fail(held: TargetRow, events: readonly WaitingEvent[], error: string): Promise<FailedState> {
    const attempts = held.attempts + 1;
    const isLast = isLastAttempt(attempts);
    const state = isLast ? 'dead' : 'stored';
    const change = { state, attempts: sql`${webhookEvents.attempts} + 1`, lastError: error } as const;
    const isChanged = isLast
      ? await this.end(held, events, change)
      : await this.release(held, events, change, attempts);
    return isChanged ? state : 'lost';
  }

  /**
   * Changes events and removes their target from the queue; if it has other events by now, it is due again.
   *
   * @returns false if the lease is lost
   */
  private async end(held: TargetRow, events: readonly WaitingEvent[], change: EventChange): Promise<boolean> {
    const { parts, changed } = this.changes(held, events, change);
    const { rowCount } = await this.database
      .with(...parts)
      .delete(eventTargets)
      .where(and(this.rows.isHeld(held), eq(eventTargets.revision, held.revision), isDone(changed)));
    if (rowCount === 1) return true;
    const again = { attempts: 0, retryAt: this.clock.now(), ...expiredLease() };
    return (await this.rows.changeHeld(this.database, held, again)) !== undefined;
  }

  /**
   * Changes events and makes their target wait for its next attempt.
   *
   * @returns false if the lease is lost
   */
  private async release(
    held: TargetRow,
    events: readonly WaitingEvent[],
    change: EventChange,
    attempts: number,
  ): Promise<boolean> {
    const { parts, changed } = this.changes(held, events, change);
    const retryAt = new Date(this.clock.now().getTime() + retryDelayMs(attempts));
    const { rowCount } = await this.database
      .with(...parts)
      .update(eventTargets)
      .set({ attempts, retryAt, ...expiredLease() })
      .where(and(this.rows.isHeld(held), isDone(changed)));
    return rowCount === 1;
  }

  /**
   * The first parts of a statement. An attempt that has lost its lease changes nothing, also if it has lost it while it waited for
   * the lock of an event: the events of another one would wait without a target. A row is read again once it is locked:
   * https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
   */
  private changes(held: TargetRow, events: readonly WaitingEvent[], change: EventChange) {
    const ids = events.map(({ id }) => id);
    const locked = this.database.$with('locked').as(
      this.database
        .select({ id: webhookEvents.id })
        .from(webhookEvents)
        .where(and(inArray(webhookEvents.id, ids), IS_WAITING))
        .orderBy(asc(webhookEvents.id))
        .for('update'),
    );
    const target = this.database.$with('target').as(
      this.database
        .select({ id: eventTargets.id })
        .from(eventTargets)
        .where(and(this.rows.isHeld(held), isDone(locked)))
        .for('update'),
    );
    const changed = this.database.$with('changed').as(
      this.database
        .update(webhookEvents)
        .set(change)
        .where(
          and(
            inArray(webhookEvents.id, this.database.select().from(locked)),
            exists(this.database.select().from(target)),
          ),
        )
        .returning({ id: webhookEvents.id }),
    );
    return { parts: [locked, target, changed], changed } as const;
  }
}

/** Always true. PostgreSQL evaluates it before the target is locked, after all rows of that part are. */
function isDone(part: WithSubquery): SQL {
  return sql`(select count(*) from ${part}) >= 0`;
}
