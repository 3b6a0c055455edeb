import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import type { Transaction } from '../database/database.js';
import { Tracing } from '../tracing/tracing.js';
import type { NotificationFact } from './notification.js';
import type { TEST_TYPE } from './notification-types.js';

/** A notification that only one endpoint gets, which tests it. */
export type TestFact = Omit<NotificationFact, 'type'> & { type: typeof TEST_TYPE; endpointId: string };

/** A notification as the JSON of a statement. */
export type FactRow = (NotificationFact | TestFact) & {
  id: string;
  index: number;
  createdAt: string;
  traceparent: string | undefined;
};

/** The columns of {@link FactRow}s, for `jsonb_to_recordset`. */
export const FACT_COLUMNS = `
  index int, id uuid, type text, subject text, at timestamptz, data jsonb, tenant text, "userId" text,
  caller text, "paymentId" text, callback jsonb, "endpointId" uuid, "createdAt" timestamptz, traceparent text`;

/**
 * Continues a statement that has the CTE `facts` with {@link FACT_COLUMNS}: numbers and adds them. Locks the subjects in
 * one order, so that two transactions with the same subjects do not deadlock.
 */
export const ADD_FACTS = `, numbered as (
    select *, row_number() over (partition by subject order by index) as nth from facts
  ), counted as (
    insert into notification_subjects as counter (subject, last_sequence)
    select subject, count(*) from facts group by subject order by subject
    on conflict (subject) do update set last_sequence = counter.last_sequence + excluded.last_sequence
    returning subject, last_sequence
  ), added as (
    insert into notifications (
      id, type, subject, sequence, at, data, tenant, user_id, caller, payment_id, callback, endpoint_id,
      created_at, traceparent
    )
    select
      id, type, subject, last_sequence - count(*) over (partition by subject) + nth,
      at, data, tenant, "userId", caller, "paymentId", callback, "endpointId", "createdAt", traceparent
    from numbered join counted using (subject)
    order by index
  )`;

/** Stores what callers are notified of: nothing is reported that was not committed, and nothing committed is lost. */
@Injectable()
export class Outbox {
  private onAdded: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {}

  /** Calls `listener` after each {@link add}, before or after the commit, so that delivery need not wait for a poll. */
  listen(listener: () => void): void {
    this.onAdded = listener;
  }

  /**
   * Adds notifications in the transaction of the change that they report, and numbers them per subject. Other
   * transactions that add to the same subjects wait until it ends, so call it last.
   *
   * @returns their ids, in the order of the facts
   */
  async add(transaction: Transaction, facts: readonly (NotificationFact | TestFact)[]): Promise<string[]> {
    if (facts.length === 0) return [];
    const rows = this.rowsOf(facts, this.traceparent);
    await transaction.execute(sql`
      with facts as (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as fact (${sql.raw(FACT_COLUMNS)})
      ) ${sql.raw(ADD_FACTS)}
      select`);
    this.announce();
    return rows.map(({ id }) => id);
  }

  /** The span in which something happens that is to be notified of. */
  get traceparent(): string | undefined {
    return this.tracing.traceparent;
  }

  /**
   * Notifications for a statement with {@link ADD_FACTS}. Call {@link announce} after it.
   *
   * @param traceparent as it was in the request
   */
  rowsOf(facts: readonly (NotificationFact | TestFact)[], traceparent: string | undefined): FactRow[] {
    const createdAt = this.clock.now().toISOString();
    return facts.map((fact, index) => ({ id: randomUUID(), index, createdAt, traceparent, ...fact }));
  }

  /** Calls the listener. */
  announce(): void {
    this.onAdded();
  }
}
