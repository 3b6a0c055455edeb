import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gte, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { notificationEndpoints as endpoints, notifications } from '../database/schema.js';
import { ableEndpoints, IS_FOR_ABLE } from './audience.store.js';

/** Keeps each transaction short: no pass runs meanwhile. */
const BATCH_SIZE = 500;

/** A page of the notifications of a time. */
export interface NotificationBatch {
  ids: readonly string[];
  /** Where the next page starts; undefined on the last one. */
  last: { createdAt: Date; position: number | null } | undefined;
}

/** Queues notifications for endpoints once more. */
@Injectable()
export class RedeliveriesStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The placed notifications that were stored from `since` (inclusive) to `until` (exclusive), by time. */
  async batch(since: Date, until: Date, after: NotificationBatch['last']): Promise<NotificationBatch> {
    const isAfter =
      after &&
      sql`(${notifications.createdAt}, ${notifications.position}) > (${after.createdAt.toISOString()}::timestamptz, ${after.position})`;
    const rows = await this.database
      .select({
        id: notifications.id,
        createdAt: notifications.createdAt,
        position: notifications.position,
      })
      .from(notifications)
      .where(
        and(
          gte(notifications.createdAt, since),
          lt(notifications.createdAt, until),
          isNotNull(notifications.position),
          isAfter,
        ),
      )
      .orderBy(asc(notifications.createdAt), asc(notifications.position))
      .limit(BATCH_SIZE);
    return { ids: rows.map(({ id }) => id), last: rows.length === BATCH_SIZE ? rows.at(-1) : undefined };
  }

  /** The last placed notification of a payment that has a body for `PAYMENT_CALLBACK_URL`. */
  async latestCallback(paymentId: string): Promise<string | undefined> {
    const [row] = await this.database
      .select({ id: notifications.id })
      .from(notifications)
      .where(
        and(
          eq(notifications.paymentId, paymentId),
          isNotNull(notifications.position),
          isNotNull(notifications.callback),
        ),
      )
      .orderBy(desc(notifications.position))
      .limit(1);
    return row?.id;
  }

  /** Locks those endpoints of a caller that are switched on. @returns their ids */
  async lockEnabled(transaction: Transaction, caller: string): Promise<string[]> {
    const rows = await transaction
      .select({ id: endpoints.id })
      .from(endpoints)
      .where(and(eq(endpoints.caller, caller), eq(endpoints.enabled, true)))
      .orderBy(asc(endpoints.id))
      .for('update');
    return rows.map(({ id }) => id);
  }

  /**
   * Queues notifications for those of the endpoints that may get them and want them. What was delivered or has failed gets
   * a queue of its own. What is waiting keeps its place, and is attempted now. The endpoints have to be locked, after the
   * lock of the pass.
   *
   * @returns how many deliveries that are
   */
  async queue(
    transaction: Transaction,
    endpointIds: readonly string[],
    notificationIds: readonly string[],
  ): Promise<number> {
    const wanted = sql`
      select notification.id, notification.subject, notification.position, able.id as endpoint_id
      from notifications notification
      join (${ableEndpoints(this.clock.now())}) as able on ${IS_FOR_ABLE}
      where notification.id = any (${uuids(notificationIds)}) and able.id = any (${uuids(endpointIds)})
    `;
    // An attempt locks its queue before its delivery.
    await transaction.execute(sql`
      select from notification_queues queue
      where (endpoint_id, lane) in (
        select endpoint_id, prefix || subject from (${wanted}) as wanted, unnest(array['first ', 'again ']) as prefix
      )
      order by endpoint_id, lane for update
    `);
    const { rows } = await transaction.execute<{ count: number }>(sql`
      with added as (
        insert into notification_deliveries as delivery (notification_id, endpoint_id, lane, position, state)
        select id, endpoint_id, 'again ' || subject, position, 'pending' from (${wanted}) as wanted
        on conflict (notification_id, endpoint_id) do update set
          lane = case when delivery.state = 'pending' then delivery.lane else excluded.lane end,
          state = 'pending',
          failures = 0
        returning endpoint_id, lane
      ), queued as (
        insert into notification_queues as queue
          (endpoint_id, lane, is_redelivery, retry_at, lease_id, lease_expires_at)
        select
          endpoint_id, lane, lane like 'again %', ${this.clock.now().toISOString()}::timestamptz, gen_random_uuid(),
          timestamptz 'epoch'
        from added group by endpoint_id, lane order by endpoint_id, lane
        on conflict (endpoint_id, lane) do update set retry_at = least(queue.retry_at, excluded.retry_at)
      )
      select count(*)::int as count from added
    `);
    return rows[0]?.count ?? 0;
  }
}

function uuids(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(',')}}`}::uuid[]`;
}
