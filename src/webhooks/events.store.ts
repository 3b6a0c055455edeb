import { Inject, Injectable } from '@nestjs/common';
import { and, inArray, lt, or, isNotNull, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { eventTargets, webhookEvents } from '../database/schema.js';
import { inBatches, PRUNE_BATCH_SIZE } from '../queue/in-batches.js';
import { expiredLease } from '../queue/lease.js';
import type { EventTarget } from './event-target.js';
import type { StripeEvent } from './stripe-event.js';

/** Stripe can be asked to resend events of the last 30 days: https://docs.stripe.com/api/events */
const RETENTION_MS = 35 * 24 * 60 * 60 * 1000;

/** The inbox: which events Stripe has sent, and what became of them. */
@Injectable()
export class EventsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores events, unless they are stored already, and queues their targets. One statement, so that neither is committed
   * without the other. It locks events before targets, and both in the order of their ids, so that no two statements wait
   * for each other.
   *
   * @param source how they were learned of
   */
  async addAll(events: readonly StripeEvent[], source: 'webhook' | 'walk'): Promise<void> {
    const rows = new Map(events.map((event) => [event.id, rowOf(event)]));
    const now = this.clock.now().toISOString();
    const { leaseId, leaseExpiresAt } = expiredLease();
    await this.database.execute(sql`
      with received as (
        select * from jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb) as event (
          id text, type text, "objectId" text, "createdAt" timestamptz, "ignoredBecause" text,
          "targetId" text, "targetKind" text, "targetObjectId" text)
      ), event as (
        insert into ${webhookEvents} as known
          (id, type, object_id, target_id, state, source, created_at, received_at, last_error)
        select id, type, "objectId", "targetId", case when "targetId" is null then 'ignored' else 'stored' end,
          ${source}, "createdAt", ${now}, "ignoredBecause"
        from received order by id
        on conflict (id) do update set
          source = excluded.source,
          object_id = excluded.object_id,
          target_id = coalesce(known.target_id, excluded.target_id),
          state = coalesce(known.state, excluded.state)
        -- An event of an earlier version that was not handled, or one that the walk has found and that arrives now.
        where (known.state is null and known.handled_at is null)
          or (known.source = 'walk' and excluded.source = 'webhook')
        returning id, target_id, state
      )
      insert into ${eventTargets} as known (id, kind, object_id, lease_id, lease_expires_at, retry_at)
      select "targetId", min("targetKind"), min("targetObjectId"), ${leaseId}::uuid,
        ${leaseExpiresAt.toISOString()}::timestamptz, ${now}::timestamptz
      from event join received using (id)
      where event.state = 'stored' and event.target_id = "targetId"
      group by "targetId" order by "targetId"
      on conflict (id) do update set revision = known.revision + 1`);
  }

  /** Which of some events are stored. */
  async findKnown(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database
      .select({ id: webhookEvents.id })
      .from(webhookEvents)
      .where(
        and(
          inArray(webhookEvents.id, [...ids]),
          or(isNotNull(webhookEvents.state), isNotNull(webhookEvents.handledAt)),
        ),
      );
    return new Set(rows.map(({ id }) => id));
  }

  /** Deletes events that Stripe no longer has. */
  async prune(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - RETENTION_MS);
    const prunable = this.database
      .select({ id: webhookEvents.id })
      .from(webhookEvents)
      .where(lt(webhookEvents.receivedAt, oldest))
      .limit(PRUNE_BATCH_SIZE);
    await inBatches(() => this.database.delete(webhookEvents).where(inArray(webhookEvents.id, prunable)));
  }
}

/** The id of a target's row in the queue. */
export function targetId({ kind, objectId }: EventTarget): string {
  return `${kind}:${objectId}`;
}

/** An event as the JSON of the statement that stores it. */
function rowOf({ id, type, objectId, createdAt, isOurs, target: handledTarget }: StripeEvent) {
  const target = isOurs ? handledTarget : undefined;
  const reason = isOurs ? 'nobody handles this type' : 'it is of another mode or account';
  return {
    id,
    type,
    objectId,
    createdAt,
    ...(target
      ? { targetId: targetId(target), targetKind: target.kind, targetObjectId: target.objectId }
      : { ignoredBecause: reason }),
  };
}
