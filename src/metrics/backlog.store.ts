import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';

/** Work of one kind that is not done yet. */
type Waiting = {
  count: number;
  /** 0 if there is none. */
  oldestAgeSeconds: number;
};

type UnfinishedState = 'running' | 'needs-review';
type EndpointState = 'working' | 'failing' | 'disabled';

/** What is waiting in the database, for the metrics. */
export interface Backlog {
  operations: ({ state: UnfinishedState } & Waiting)[];
  events: { state: 'stored' | 'dead'; count: number }[];
  missedEvents: number;
  /** The age of the oldest event that is not handled yet; 0 if there is none. */
  eventLagSeconds: number;
  /** Since the start of the last complete walk; null before the first one. */
  walkAgeSeconds: number | null;
  backfillNeeded: boolean;
  /** Notifications that are not queued for endpoints yet. */
  unplacedNotifications: number;
  endpoints: { state: EndpointState; count: number }[];
  deliveries: ({ endpointState: 'working' | 'failing' } & Waiting)[];
}

/**
 * Reads how much is waiting in the queues, whichever module they belong to. Each statement visits only rows that wait:
 * the conditions are those of partial indexes.
 */
@Injectable()
export class BacklogStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<Backlog> {
    const [operations, events, notifications] = await Promise.all([
      this.operations(),
      this.events(),
      this.notifications(),
    ]);
    return { ...operations, ...events, ...notifications };
  }

  private async operations() {
    const age = this.ageSeconds('created_at');
    const { rows } = await this.database.execute<{ state: UnfinishedState } & Waiting>(sql`
      select 'running' as state, count(*)::int as count, ${age} as "oldestAgeSeconds"
      from operations where state = 'running'
      union all
      select 'needs-review', count(*)::int, ${age} from operations
      where state = 'needs-review'
        and not exists (select from operation_reviews where operation_id = operations.id)
    `);
    return { operations: rows };
  }

  private async events() {
    const [{ rows }, { rows: walks }] = await Promise.all([
      this.database.execute<{ stored: number; dead: number; missed: number; eventLagSeconds: number }>(sql`
        select
          (select count(*)::int from webhook_events where state = 'stored') as stored,
          (select count(*)::int from webhook_events where state = 'dead') as dead,
          (select count(*)::int from webhook_events where source = 'walk') as missed,
          (select ${this.ageSeconds('received_at')} from webhook_events where state = 'stored') as "eventLagSeconds"
      `),
      this.database.execute<{ ageSeconds: number; backfillNeeded: boolean }>(sql`
        select ${this.ageSeconds('started_at')} as "ageSeconds",
          coalesce(bool_or(backfill_needed_since is not null), false) as "backfillNeeded"
        from event_walk having count(*) > 0
      `),
    ]);
    const { stored = 0, dead = 0, missed = 0, eventLagSeconds = 0 } = rows[0] ?? {};
    return {
      events: [
        { state: 'stored' as const, count: stored },
        { state: 'dead' as const, count: dead },
      ],
      missedEvents: missed,
      eventLagSeconds,
      walkAgeSeconds: walks[0]?.ageSeconds ?? null,
      backfillNeeded: walks[0]?.backfillNeeded ?? false,
    };
  }

  private async notifications() {
    const endpointState = sql`case
      when not endpoint.enabled then 'disabled' when endpoint.failing_since is null then 'working' else 'failing' end`;
    const [{ rows: unplaced }, { rows: endpoints }, { rows: deliveries }] = await Promise.all([
      this.database.execute<{ count: number }>(
        sql`select count(*)::int as count from notifications where position is null`,
      ),
      this.database.execute<{ state: EndpointState; count: number }>(sql`
        select states.state, count(endpoint.id)::int as count
        from (values ('working'), ('failing'), ('disabled')) as states (state)
        left join notification_endpoints as endpoint on ${endpointState} = states.state
        group by states.state
      `),
      this.database.execute<{ endpointState: 'working' | 'failing' } & Waiting>(sql`
        select states.state as "endpointState", count(pending.created_at)::int as count,
          ${this.ageSeconds('pending.created_at')} as "oldestAgeSeconds"
        from (values ('working'), ('failing')) as states (state)
        left join (
          select ${endpointState} as state, notification.created_at
          from notification_deliveries as delivery
          join notifications as notification on notification.id = delivery.notification_id
          join notification_endpoints as endpoint on endpoint.id = delivery.endpoint_id
          where delivery.state = 'pending'
        ) as pending on pending.state = states.state
        group by states.state
      `),
    ]);
    return { unplacedNotifications: unplaced[0]?.count ?? 0, endpoints, deliveries };
  }

  /** The age of the oldest of the rows; 0 if there is none, or if clocks differ. */
  private ageSeconds(column: string) {
    const now = sql`${this.clock.now().toISOString()}::timestamptz`;
    return sql`greatest(0, coalesce(extract(epoch from ${now} - min(${sql.raw(column)})), 0))::float8`;
  }
}
