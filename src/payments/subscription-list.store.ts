import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { type Database, DATABASE } from '../database/database.js';
import { paymentSubscriptions as subscriptions } from '../database/schema-payments.js';
import type { SubscriptionFilter } from './subscription-filter.js';
import { type RecordedSubscription, SUBSCRIPTION_STATUSES } from './subscription-record.js';
import type { StoredSubscription } from './subscription-record.store.js';

/** Lists the record of subscriptions. */
@Injectable()
export class SubscriptionListStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * A page of subscriptions, newest first. Each status is read apart, in the order of an index, so that a page costs the
   * same however many subscriptions there are. A user has few: their index needs no status.
   *
   * @param caller only subscriptions that this caller has started
   * @param after only subscriptions that come after this one
   */
  async list(
    { tenant, userId, status }: SubscriptionFilter,
    limit: number,
    { caller, after }: { caller: string | undefined; after: StoredSubscription | undefined },
  ): Promise<RecordedSubscription[]> {
    const condition = and(
      caller === undefined ? undefined : eq(subscriptions.caller, caller),
      tenant === undefined ? undefined : eq(subscriptions.tenant, tenant),
      userId === undefined ? undefined : eq(subscriptions.userId, userId),
      after && isAfter(after),
    );
    const newest = [desc(subscriptions.createdAt), desc(subscriptions.position)];
    const branch = (where: SQL | undefined) =>
      this.database
        .select()
        .from(subscriptions)
        .where(and(condition, where))
        .orderBy(...newest)
        .limit(limit);
    if (status || userId !== undefined) return branch(status && eq(subscriptions.status, status));
    const [first, second, ...rest] = SUBSCRIPTION_STATUSES.map((one) => eq(subscriptions.status, one));
    return unionAll(branch(first), branch(second), ...rest.map(branch))
      .orderBy(...newest)
      .limit(limit);
  }
}

function isAfter({ createdAt, position }: StoredSubscription): SQL {
  return sql`(${subscriptions.createdAt}, ${subscriptions.position}) < (${createdAt.toISOString()}::timestamptz, ${position})`;
}
