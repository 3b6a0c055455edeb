import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, isNotNull, or, sql, type SQL } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import {
  notificationDeliveries as deliveries,
  notificationEndpoints as endpoints,
  notificationQueues as queues,
  notifications,
  paymentDeliveries,
} from '../database/schema.js';
import { expiredLease, leaseEnd } from '../queue/lease.js';
import { LeasedRows } from '../queue/leased-rows.store.js';
import { ableEndpoints, IS_ALLOWED_FOR_ABLE } from './audience.store.js';
import type { EndpointRow } from './endpoints.store.js';

export type QueueRow = typeof queues.$inferSelect;
type DeliveryRow = typeof deliveries.$inferSelect;

/** The first delivery of a queue, with all that it needs. */
export interface DueDelivery {
  delivery: DeliveryRow;
  notification: typeof notifications.$inferSelect;
  endpoint: EndpointRow;
}

/** How many deliveries may run at once. */
export interface DeliveryLimits {
  /** To one endpoint. */
  endpoint: number;
  /** To one whose last attempt has failed. */
  failingEndpoint: number;
  /** To all whose last attempt has failed. */
  failing: number;
  /** To all endpoints of one caller. */
  caller: number;
}

/** Which deliveries may be attempted next. */
export interface Turn {
  isRedelivery: boolean;
  limits: DeliveryLimits;
  /** How many this instance attempts now, by endpoint. */
  running: ReadonlyMap<string, number>;
}

/** More than one, so that attempts that start at the same time find different queues. */
const CANDIDATES_PER_ENDPOINT = 8;
const CANDIDATES_MAX = 64;

/** Queues of deliveries, each worked on by one attempt at a time. */
@Injectable()
export class QueuesStore {
  private readonly rows = new LeasedRows(queues, sql`true`);

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  transaction<Result>(change: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.transaction(change);
  }

  /**
   * Leases the queue that has been due for longest, except those of endpoints and callers that are at their limit, and of
   * endpoints that want a pause. It looks at the first queues of each endpoint only: one with many is no slower than
   * others.
   */
  takeDue({ isRedelivery, limits, running }: Turn): Promise<QueueRow | undefined> {
    const now = this.clock.now();
    const at = sql`${now.toISOString()}::timestamptz`;
    const candidates = sql`
      with running as (
        select endpoint.id, endpoint.caller, endpoint.failing_since is not null as is_failing, counted.count
        from unnest(${uuidArray([...running.keys()])}, ${intArray([...running.values()])}) as counted (id, count)
        join notification_endpoints endpoint using (id)
      )
      select due.id
      from notification_endpoints endpoint
      left join running using (id)
      cross join lateral (
        select queue.id, queue.retry_at
        from notification_queues queue
        where queue.endpoint_id = endpoint.id and queue.is_redelivery = ${isRedelivery}
          and queue.retry_at <= ${at} and queue.lease_expires_at < ${at}
        order by queue.retry_at limit ${CANDIDATES_PER_ENDPOINT}
      ) as due
      where (endpoint.paused_until is null or endpoint.paused_until <= ${at})
        and coalesce(running.count, 0)
          < case when endpoint.failing_since is null then ${limits.endpoint}::int else ${limits.failingEndpoint}::int end
        and (endpoint.failing_since is null
          or (select coalesce(sum(count), 0) from running where is_failing) < ${limits.failing}::int)
        and endpoint.caller not in (select caller from running group by caller having sum(count) >= ${limits.caller})
      order by due.retry_at limit ${CANDIDATES_MAX}
    `;
    return this.rows.takeDue(this.database, now, sql`${queues.id} = any (array(${candidates}))`);
  }

  /**
   * Extends the leases of running attempts. A queue that another transaction has locked is left for the next time, so that
   * neither waits for the other.
   */
  async renew(held: readonly QueueRow[]): Promise<void> {
    if (held.length === 0) return;
    const ids = uuidArray(held.map(({ id }) => id));
    const leaseIds = uuidArray(held.map(({ leaseId }) => leaseId));
    await this.database.execute(sql`
      with held as (
        select queue.id from notification_queues queue
        join unnest(${ids}, ${leaseIds}) as running (id, lease_id) using (id, lease_id)
        for update of queue skip locked
      )
      update notification_queues queue set lease_expires_at = ${leaseEnd(this.clock.now()).toISOString()}::timestamptz
      from held where queue.id = held.id
    `);
  }

  async first({ endpointId, lane }: QueueRow): Promise<DueDelivery | undefined> {
    const [due] = await this.database
      .select({ delivery: deliveries, notification: notifications, endpoint: endpoints })
      .from(deliveries)
      .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
      .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
      .where(isWaiting(endpointId, lane))
      .orderBy(asc(deliveries.position))
      .limit(1);
    return due;
  }

  /** Whether the caller of an endpoint may still have it, and may still see this notification. */
  async rightsTo({
    endpoint,
    notification,
  }: DueDelivery): Promise<{ endpoint: boolean; notification: boolean }> {
    const able = sql`select * from (${ableEndpoints(this.clock.now())}) as able where able.id = ${endpoint.id}`;
    const { rows } = await this.database.execute<{ allowed: boolean | null }>(sql`
      select ${IS_ALLOWED_FOR_ABLE} as allowed
      from (${able}) as able, notifications notification
      where notification.id = ${notification.id}
    `);
    return { endpoint: rows.length === 1, notification: rows[0]?.allowed === true };
  }

  /** Locks a held queue; false if the lease is lost. */
  async lockHeld(transaction: Transaction, held: QueueRow): Promise<boolean> {
    const row = await transaction
      .select({ id: queues.id })
      .from(queues)
      .where(this.rows.isHeld(held))
      .for('update');
    return row.length === 1;
  }

  /** Releases a held queue until its next attempt. */
  async release(database: Database | Transaction, held: QueueRow, retryAt: Date): Promise<void> {
    await this.rows.changeHeld(database, held, { retryAt, ...expiredLease() });
  }

  /** Releases a held queue as it was. */
  giveBack(held: QueueRow): Promise<void> {
    return this.release(this.database, held, held.retryAt);
  }

  /** Releases a queue for its next delivery, or deletes it if there is none. */
  async advance(transaction: Transaction, held: QueueRow): Promise<void> {
    const [next] = await transaction
      .select({ position: deliveries.position })
      .from(deliveries)
      .where(isWaiting(held.endpointId, held.lane))
      .limit(1);
    if (next) await this.release(transaction, held, this.clock.now());
    else await transaction.delete(queues).where(this.rows.isHeld(held));
  }

  async updateDelivery(
    transaction: Transaction,
    { notificationId, endpointId }: DeliveryRow,
    change: Partial<DeliveryRow>,
  ): Promise<void> {
    const isThis = and(eq(deliveries.notificationId, notificationId), eq(deliveries.endpointId, endpointId));
    await transaction.update(deliveries).set(change).where(isThis);
  }

  /** Remembers what became of a delivery about a payment, for the payment's timeline. */
  async recordEnd(
    transaction: Transaction,
    { notification, endpoint }: DueDelivery,
    state: 'delivered' | 'failed',
  ): Promise<void> {
    const { id: notificationId, type, paymentId } = notification;
    if (paymentId === null) return;
    const at = this.clock.now();
    await transaction
      .insert(paymentDeliveries)
      .values({ paymentId, at, notificationId, type, endpointId: endpoint.id, state });
  }

  /** Remembers that an endpoint has received something. Writes only if it was failing. */
  async markWorking(transaction: Transaction, endpointId: string): Promise<void> {
    const wasFailing = or(isNotNull(endpoints.failingSince), isNotNull(endpoints.pausedUntil));
    await this.updateEndpoint(transaction, endpointId, { failingSince: null, pausedUntil: null }, wasFailing);
  }

  /**
   * Remembers since when an endpoint receives nothing, and until when it wants a pause. Always locks the endpoint, because
   * {@link forgetFailureIfIdle} may follow when its queue is locked.
   */
  async markFailing(transaction: Transaction, endpointId: string, pausedUntil?: Date): Promise<void> {
    const now = this.clock.now().toISOString();
    await transaction
      .update(endpoints)
      .set({
        failingSince: sql`coalesce(${endpoints.failingSince}, ${now}::timestamptz)`,
        ...(pausedUntil && { pausedUntil }),
      })
      .where(eq(endpoints.id, endpointId));
  }

  /** Once nothing is due any more, an endpoint is not failing any more either. */
  async forgetFailureIfIdle(transaction: Transaction, endpointId: string): Promise<void> {
    const isIdle = sql`not exists (select from ${queues} where ${queues.endpointId} = ${endpointId})`;
    await this.updateEndpoint(transaction, endpointId, { failingSince: null }, isIdle);
  }

  /** Switches an endpoint off; false if it was off already. */
  async disable(
    transaction: Transaction,
    endpointId: string,
    disabledReason: EndpointRow['disabledReason'],
  ): Promise<boolean> {
    const change = { enabled: false, disabledReason, failingSince: null, pausedUntil: null };
    return (await this.updateEndpoint(transaction, endpointId, change, eq(endpoints.enabled, true))) === 1;
  }

  private async updateEndpoint(
    transaction: Transaction,
    endpointId: string,
    change: Partial<EndpointRow>,
    condition?: SQL,
  ): Promise<number> {
    const isThis = and(eq(endpoints.id, endpointId), condition);
    const { rowCount } = await transaction.update(endpoints).set(change).where(isThis);
    return rowCount ?? 0;
  }
}

/** The state is a literal, so that PostgreSQL can use the partial index. */
function isWaiting(endpointId: string, lane: string) {
  return and(
    eq(deliveries.endpointId, endpointId),
    eq(deliveries.lane, lane),
    sql`${deliveries.state} = 'pending'`,
  );
}

function uuidArray(ids: readonly string[]): SQL {
  return sql`${`{${ids.join(',')}}`}::uuid[]`;
}

function intArray(counts: readonly number[]): SQL {
  return sql`${`{${counts.join(',')}}`}::int[]`;
}
