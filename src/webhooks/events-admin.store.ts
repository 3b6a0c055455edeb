import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import { type Database, DATABASE } from '../database/database.js';
import { eventTargets, eventWalk, webhookEvents } from '../database/schema.js';
import { expiredLease } from '../queue/lease.js';
import type { EventReport, EventsHealth } from './event-report.js';
import type { EventState } from './event-state.js';

const { id, type, objectId, state, attempts, receivedAt, lastError, source } = webhookEvents;
/** An event of an earlier version was handled before it was answered. */
const stateOrDone = sql<EventState>`coalesce(${state}, 'done')`;
const REPORTED = { id, type, objectId, state: stateOrDone, attempts, receivedAt, lastError };

/** Shows the inbox to administrators. */
@Injectable()
export class EventsAdminStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(eventId: string): Promise<EventReport | undefined> {
    const [row] = await this.database.select(REPORTED).from(webhookEvents).where(eq(id, eventId));
    return row;
  }

  /**
   * Lists events, newest first.
   *
   * @param last only events after this one, if present
   */
  async list(
    wanted: EventState | undefined,
    limit: number,
    last: EventReport | undefined,
  ): Promise<Page<EventReport>> {
    const rows = await this.database
      .select(REPORTED)
      .from(webhookEvents)
      .where(
        and(
          wanted && eq(state, wanted),
          last && sql`(${receivedAt}, ${id}) < (${last.receivedAt}, ${last.id})`,
        ),
      )
      .orderBy(desc(receivedAt), desc(id))
      .limit(limit + 1);
    return { items: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  /** Queues an event again; false if nobody handles it. */
  async retry(eventId: string): Promise<boolean> {
    const now = this.clock.now();
    const { leaseId, leaseExpiresAt } = expiredLease();
    return this.database.transaction(async (transaction) => {
      const [event] = await transaction
        .update(webhookEvents)
        .set({ state: 'stored', attempts: 0, lastError: null })
        .where(and(eq(id, eventId), isNotNull(webhookEvents.targetId)))
        .returning({ targetId: webhookEvents.targetId });
      if (!event?.targetId) return false;
      const [kind = '', ...rest] = event.targetId.split(':');
      await transaction
        .insert(eventTargets)
        .values({ id: event.targetId, kind, objectId: rest.join(':'), leaseId, leaseExpiresAt, retryAt: now })
        .onConflictDoUpdate({
          target: eventTargets.id,
          set: { revision: sql`${eventTargets.revision} + 1`, attempts: 0, retryAt: now },
        });
      return true;
    });
  }

  async health(): Promise<EventsHealth> {
    const [arrived, waiting, walk, missed, dead, ignored] = await Promise.all([
      this.receivedAt(eq(source, 'webhook'), desc(receivedAt)),
      this.receivedAt(eq(state, 'stored'), asc(receivedAt)),
      this.database.select().from(eventWalk),
      this.database.$count(webhookEvents, sql`${source} = 'walk'`),
      this.database.$count(webhookEvents, eq(state, 'dead')),
      this.database.$count(webhookEvents, eq(state, 'ignored')),
    ]);
    const lagMs = waiting ? this.clock.now().getTime() - waiting.getTime() : 0;
    return {
      lastEventAt: arrived ?? null,
      lastWalkAt: walk[0]?.startedAt ?? null,
      lagSeconds: Math.max(0, Math.round(lagMs / 1000)),
      missed,
      dead,
      ignored,
      backfillNeeded: Boolean(walk[0]?.backfillNeededSince),
    };
  }

  /** When the first event of an order was received; undefined if there is none. */
  private async receivedAt(condition: SQL, order: SQL): Promise<Date | undefined> {
    const [row] = await this.database
      .select({ receivedAt })
      .from(webhookEvents)
      .where(condition)
      .orderBy(order)
      .limit(1);
    return row?.receivedAt;
  }
}
