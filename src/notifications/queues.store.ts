import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, isNotNull, notInArray, or, sql, type SQL } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import {
  notificationDeliveries as deliveries,
  notificationEndpoints as endpoints,
  notificationQueues as queues,
  notifications,
} from '../database/schema.js';
import { expiredLease } from '../queue/lease.js';
import { LeasedRows } from '../queue/leased-rows.store.js';
import { ableEndpoints } from './audience.store.js';
import type { EndpointRow } from './endpoints.store.js';

export type QueueRow = typeof queues.$inferSelect;
type DeliveryRow = typeof deliveries.$inferSelect;

/** The first delivery of a queue, with all that it needs. */
export interface DueDelivery {
  delivery: DeliveryRow;
  notification: typeof notifications.$inferSelect;
  endpoint: EndpointRow;
}

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

  /** Leases the queue that has been due for longest, except those of busy endpoints and of those that want a pause. */
  takeDue(busyEndpointIds: readonly string[]): Promise<QueueRow | undefined> {
    const now = this.clock.now();
    const paused = this.database
      .select({ id: endpoints.id })
      .from(endpoints)
      .where(sql`${endpoints.pausedUntil} > ${now.toISOString()}::timestamptz`);
    const isReady = and(
      busyEndpointIds.length > 0 ? notInArray(queues.endpointId, [...busyEndpointIds]) : undefined,
      notInArray(queues.endpointId, paused),
    );
    return this.rows.takeDue(this.database, now, isReady);
  }

  renew(held: QueueRow): Promise<void> {
    return this.rows.renew(this.database, held, this.clock.now());
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

  /** Whether the caller of an endpoint may still have it. */
  async isAble(endpointId: string): Promise<boolean> {
    const able = sql`select from (${ableEndpoints(this.clock.now())}) as able where able.id = ${endpointId}`;
    const { rowCount } = await this.database.execute(able);
    return rowCount === 1;
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
