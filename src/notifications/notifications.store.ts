import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, notExists, or, sql, type SQL } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import {
  notificationDeliveries as deliveries,
  notificationEndpoints as endpoints,
  notifications,
} from '../database/schema.js';
import { inBatches, PRUNE_BATCH_SIZE } from '../queue/in-batches.js';
import type { DeliveryState, NotificationFilter, SentNotification, Viewer } from './sent-notification.js';

const RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

type NotificationRow = typeof notifications.$inferSelect;

/** Notifications as their callers may read them, with the deliveries to the caller's own endpoints. */
@Injectable()
export class NotificationsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Lists placed notifications after a position, in the order of their positions. */
  async list(
    viewer: Viewer,
    filter: NotificationFilter,
    limit: number,
    after: number,
  ): Promise<SentNotification[]> {
    const rows = await this.database
      .select()
      .from(notifications)
      .where(and(isVisible(viewer), sql`${notifications.position} > ${after}`, ...matches(filter, viewer)))
      .orderBy(asc(notifications.position))
      .limit(limit);
    return this.withDeliveries(viewer, rows);
  }

  async find(viewer: Viewer, id: string): Promise<SentNotification | undefined> {
    const rows = await this.database
      .select()
      .from(notifications)
      .where(and(eq(notifications.id, id), isVisible(viewer)));
    return (await this.withDeliveries(viewer, rows))[0];
  }

  /** Deletes notifications older than 90 days, with their deliveries, unless one can still be delivered. */
  async prune(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - RETENTION_MS);
    const pending = this.database
      .select({ id: endpoints.id })
      .from(deliveries)
      .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
      .where(
        and(
          eq(deliveries.notificationId, notifications.id),
          eq(deliveries.state, 'pending'),
          eq(endpoints.enabled, true),
        ),
      );
    const prunable = this.database
      .select({ id: notifications.id })
      .from(notifications)
      .where(and(lt(notifications.createdAt, oldest), isNotNull(notifications.position), notExists(pending)))
      .limit(PRUNE_BATCH_SIZE);
    await inBatches(() => this.database.delete(notifications).where(inArray(notifications.id, prunable)));
  }

  private async withDeliveries(
    viewer: Viewer,
    rows: readonly NotificationRow[],
  ): Promise<SentNotification[]> {
    if (rows.length === 0) return [];
    const ids = sql.join(
      rows.map(({ id }) => sql`${id}`),
      sql`, `,
    );
    const found = await this.database
      .select({ delivery: deliveries })
      .from(deliveries)
      .innerJoin(endpoints, eq(endpoints.id, deliveries.endpointId))
      .where(and(sql`${deliveries.notificationId} in (${ids})`, eq(endpoints.caller, viewer.caller)))
      .orderBy(asc(endpoints.createdAt));
    return rows.map((row) => ({
      notification: row,
      deliveries: found
        .map(({ delivery }) => delivery)
        .filter(({ notificationId }) => notificationId === row.id),
    }));
  }
}

/** Tests are visible to the caller of their endpoint only. */
function isVisible({ caller, tenant, seesAll }: Viewer): SQL | undefined {
  const others = seesAll ? isNull(notifications.endpointId) : undefined;
  const ofTenant = tenant === null ? undefined : eq(notifications.tenant, tenant);
  return and(isNotNull(notifications.position), or(eq(notifications.caller, caller), ofTenant, others));
}

function matches(filter: NotificationFilter, { caller }: Viewer): (SQL | undefined)[] {
  const { endpointId, subject, paymentId, type, state, since } = filter;
  return [
    subject === undefined ? undefined : eq(notifications.subject, subject),
    paymentId === undefined ? undefined : eq(notifications.paymentId, paymentId),
    type && eq(notifications.type, type),
    since && gte(notifications.createdAt, since),
    endpointId !== undefined || state ? hasDelivery(caller, endpointId, state) : undefined,
  ];
}

function hasDelivery(caller: string, endpointId?: string, state?: DeliveryState): SQL {
  const isWanted = and(
    sql`${deliveries.notificationId} = ${notifications.id}`,
    eq(endpoints.caller, caller),
    endpointId === undefined ? undefined : eq(deliveries.endpointId, endpointId),
    state && eq(deliveries.state, state),
  );
  return sql`exists (
    select from ${deliveries} join ${endpoints} on ${endpoints.id} = ${deliveries.endpointId} where ${isWanted}
  )`;
}
