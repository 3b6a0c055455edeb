import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { notificationQueues as queues } from '../database/schema.js';
import { ableEndpoints, IS_FOR_ABLE } from './audience.store.js';

/** Excludes two passes at the same time. */
const PLACING_LOCK = 7_312_001;
/** Keeps each pass short. */
const BATCH_SIZE = 1_000;
/**
 * The index of unplaced notifications has entries of those that were placed, until a vacuum. A bitmap scan, which PostgreSQL
 * prefers before it has analyzed the table, looks all of them up again. An index scan removes those that it meets.
 */
const WITHOUT_BITMAP_SCANS = sql`set local enable_bitmapscan = off`;

/** Which notifications go to which endpoints. */
@Injectable()
export class DeliveriesStore {
  private running: Promise<unknown> = Promise.resolve();
  private next?: Promise<boolean>;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives positions to the notifications that are committed, and queues each for the endpoints that it is for. One pass
   * runs at a time, until its commit, so that no notification ever gets a position before one that could be read already.
   * In this process, all who ask for a pass while another one runs share the next one, and a single connection.
   *
   * @returns whether there are new deliveries
   */
  place(): Promise<boolean> {
    return (this.next ??= this.placeAfter(this.running));
  }

  private async placeAfter(previous: Promise<unknown>): Promise<boolean> {
    await previous;
    delete this.next;
    const pass = this.runPass();
    this.running = pass.catch(() => undefined);
    return pass;
  }

  private runPass(): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      await transaction.execute(WITHOUT_BITMAP_SCANS);
      await this.lockPlacing(transaction);
      let hasDeliveries = false;
      for (let placed = BATCH_SIZE; placed === BATCH_SIZE;) {
        const batch = await this.placeBatch(transaction);
        placed = batch.placed;
        hasDeliveries ||= batch.hasDeliveries;
      }
      return hasDeliveries;
    });
  }

  /**
   * Excludes passes, and other changes to endpoints, until the transaction ends. To be locked before endpoints, which are
   * locked before queues, so that no two transactions wait for each other.
   */
  async lockPlacing(transaction: Transaction): Promise<void> {
    await transaction.execute(sql`select pg_advisory_xact_lock(${PLACING_LOCK})`);
  }

  /** Ends what waits for an endpoint. */
  async giveUp(transaction: Transaction, endpointId: string): Promise<void> {
    await transaction.delete(queues).where(eq(queues.endpointId, endpointId));
    await transaction.execute(sql`
      with failed as (
        update notification_deliveries set state = 'failed'
        where endpoint_id = ${endpointId} and state = 'pending'
        returning notification_id
      )
      insert into payment_deliveries (payment_id, at, notification_id, type, endpoint_id, state)
      select payment_id, ${this.clock.now().toISOString()}::timestamptz, id, type, ${endpointId}, 'failed'
      from notifications join failed on id = notification_id where payment_id is not null
    `);
  }

  private async placeBatch(transaction: Transaction): Promise<{ placed: number; hasDeliveries: boolean }> {
    const now = this.clock.now();
    const { rows } = await transaction.execute<{ placed: number; hasDeliveries: boolean }>(sql`
      with next as (
        select id, nextval('notification_positions') as position
        from (
          select id from notifications where position is null order by inserted limit ${BATCH_SIZE}
        ) as unplaced
      ), notification as (
        update notifications set position = next.position from next where notifications.id = next.id
        returning notifications.*
      ), able as (${ableEndpoints(now)}),
      added as (
        insert into notification_deliveries (notification_id, endpoint_id, lane, position, state)
        select notification.id, able.id, 'first ' || notification.subject, notification.position, 'pending'
        from notification join able on ${IS_FOR_ABLE}
        returning endpoint_id, lane
      ), queued as (
        insert into notification_queues as queue (endpoint_id, lane, retry_at, lease_id, lease_expires_at)
        select endpoint_id, lane, ${now.toISOString()}::timestamptz, gen_random_uuid(), timestamptz 'epoch'
        from added group by endpoint_id, lane order by endpoint_id, lane
        -- Not "do nothing", which would not wait for a transaction that is deleting the row.
        on conflict (endpoint_id, lane) do update set retry_at = queue.retry_at
      )
      select
        (select count(*)::int from notification) as placed,
        exists (select from added) as "hasDeliveries"
    `);
    return rows[0] ?? { placed: 0, hasDeliveries: false };
  }
}
