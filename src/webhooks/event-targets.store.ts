import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { eventTargets, webhookEvents } from '../database/schema.js';
import { expiredLease } from '../queue/lease.js';
import { LeasedRows } from '../queue/leased-rows.store.js';
import { isLastAttempt, retryDelayMs } from './event-retries.js';
import type { WaitingEvent } from './stripe-event.js';

export type TargetRow = typeof eventTargets.$inferSelect;

/**
 * The queue of objects that have events to handle. Each change of an object's events and its row changes the events
 * first, like {@link EventsStore.add}, so that no two transactions wait for each other.
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
      .where(and(eq(webhookEvents.targetId, id), sql`${webhookEvents.state} in ('stored', 'dead')`))
      .orderBy(asc(webhookEvents.receivedAt));
    return rows.map((row) => ({ ...row, objectId: row.objectId ?? objectId }));
  }

  /**
   * Ends an attempt for all its events.
   *
   * @param ignoredBecause undefined if they were handled
   * @returns false if other events have arrived during the attempt, so that the target is due again
   */
  async finish(held: TargetRow, events: readonly WaitingEvent[], ignoredBecause?: string): Promise<boolean> {
    const now = this.clock.now();
    const change =
      ignoredBecause === undefined
        ? { state: 'done' as const, handledAt: now, lastError: null }
        : { state: 'ignored' as const, handledAt: now, lastError: ignoredBecause };
    return this.database.transaction(async (transaction) => {
      await this.changeEvents(transaction, events, change);
      return this.remove(transaction, held);
    });
  }

  /**
   * Releases a target whose attempt has failed, for the next attempt; after the last one its events are dead.
   *
   * @returns whether they are dead
   */
  async fail(held: TargetRow, events: readonly WaitingEvent[], error: string): Promise<boolean> {
    const attempts = held.attempts + 1;
    const isDead = isLastAttempt(attempts);
    const retryAt = new Date(this.clock.now().getTime() + retryDelayMs(attempts));
    await this.database.transaction(async (transaction) => {
      await this.changeEvents(transaction, events, {
        state: isDead ? 'dead' : 'stored',
        attempts: sql`${webhookEvents.attempts} + 1`,
        lastError: error,
      });
      if (isDead) await this.remove(transaction, held);
      else await this.rows.changeHeld(transaction, held, { attempts, retryAt, ...expiredLease() });
    });
    return isDead;
  }

  /** Removes a target from the queue; if it has other events by now, it is due again, and the result is false. */
  private async remove(transaction: Transaction, held: TargetRow): Promise<boolean> {
    const { rowCount } = await transaction
      .delete(eventTargets)
      .where(and(this.rows.isHeld(held), eq(eventTargets.revision, held.revision)));
    if (rowCount === 1) return true;
    const again = { attempts: 0, retryAt: this.clock.now(), ...expiredLease() };
    await this.rows.changeHeld(transaction, held, again);
    return false;
  }

  private async changeEvents(
    transaction: Transaction,
    events: readonly WaitingEvent[],
    change: Parameters<ReturnType<typeof transaction.update<typeof webhookEvents>>['set']>[0],
  ): Promise<void> {
    const ids = events.map(({ id }) => id);
    if (ids.length === 0) return;
    await transaction.update(webhookEvents).set(change).where(inArray(webhookEvents.id, ids));
  }
}
