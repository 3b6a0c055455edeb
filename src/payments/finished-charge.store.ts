import { Inject, Injectable } from '@nestjs/common';
import { Batches } from '../database/batches.js';
import { type Database, DATABASE } from '../database/database.js';
import { payments } from '../database/schema-payments.js';
import type { NotificationFact } from '../notifications/notification.js';
import { ADD_FACTS, FACT_COLUMNS, type FactRow, Outbox } from '../notifications/outbox.store.js';
import type { OperationEnd } from '../operations/operation.js';
import { FINISH_HELD } from '../operations/operations.store.js';
import type { RecordedPayment } from './payment.js';
import { notificationEntries, type TimelineEntry } from './payment-timeline.js';

/** The fields of a payment that are stored as they are. The compiler misses a new one here. */
const RECORDED_FIELDS: Record<Exclude<keyof RecordedPayment, keyof OtherFields>, true> = {
  paymentId: true,
  type: true,
  status: true,
  stage: true,
  checkoutStatus: true,
  sessionId: true,
  paymentIntentId: true,
  chargeId: true,
  invoiceId: true,
  subscriptionId: true,
  customerId: true,
  shopTransactionId: true,
  amountMinor: true,
  refundedMinor: true,
  disputedMinor: true,
  feeMinor: true,
  netMinor: true,
  currency: true,
  methodType: true,
  cardBrand: true,
  cardLast4: true,
  createdAt: true,
  updatedAt: true,
  version: true,
};

/** The operation's own fields, those that the statement looks up, and those of other tables. */
type OtherFields = Pick<
  RecordedPayment,
  'operationId' | 'caller' | 'tenant' | 'userId' | 'refunds' | 'disputes'
>;

const RECORDED = (Object.keys(RECORDED_FIELDS) as (keyof typeof RECORDED_FIELDS)[]).map((key) => ({
  key,
  name: payments[key].name,
  type: payments[key].getSQLType(),
}));

/**
 * Ends operations, records their payments, and adds the notifications, for each operation whose lease is still held. A
 * payment that is there already was read later, because of an event: its state stays and nothing is added, but it learns
 * who started it. Its row is found by its primary key, as a charge has no Checkout Session.
 *
 * $1 is an array of objects with the fields of `OperationEnd` and more.
 */
const FINISH_CHARGES = `
  with input as (
    select * from jsonb_to_recordset($1::jsonb) as input (
      "operationId" uuid, "leaseId" uuid, caller text, outcome jsonb, "finishedAt" timestamptz, payment jsonb,
      timeline jsonb, told jsonb, notifications jsonb)
  ), finished as (${FINISH_HELD}
  ), recorded as (
    insert into payments as known (
      operation_id, caller, tenant, user_id, timeline, revision, ${RECORDED.map(({ name }) => name).join(', ')}
    )
    select
      "operationId", finished.caller, owner.tenant, owner.user_id, timeline || told, 1,
      ${RECORDED.map(({ key }) => `charge."${key}"`).join(', ')}
    from finished
    cross join jsonb_to_record(payment) as charge (
      ${RECORDED.map(({ key, type }) => `"${key}" ${type}`).join(', ')})
    left join lateral (
      select tenant, user_id, 1 as place from customers where stripe_customer_id = charge."customerId"
      union all
      select tenant, user_id, 2 from former_customers where stripe_customer_id = charge."customerId"
      order by place limit 1
    ) as owner on true
    order by charge."paymentId"
    on conflict (payment_id) do update set
      operation_id = coalesce(known.operation_id, excluded.operation_id),
      caller = coalesce(known.caller, excluded.caller),
      shop_transaction_id = coalesce(known.shop_transaction_id, excluded.shop_transaction_id),
      tenant = coalesce(known.tenant, excluded.tenant),
      user_id = coalesce(known.user_id, excluded.user_id),
      timeline = known.timeline || (select timeline from finished where "operationId" = excluded.operation_id),
      revision = known.revision + 1
    returning operation_id, tenant, user_id, known.xmax = 0 as is_new
  ), facts as (
    select
      index, id, type, subject, at, fact.caller, "paymentId", callback, "endpointId", "createdAt", traceparent,
      recorded.tenant, recorded.user_id as "userId",
      data || jsonb_build_object('payment', data -> 'payment'
        || jsonb_build_object('tenant', recorded.tenant, 'userId', recorded.user_id)) as data
    from recorded
    join finished on recorded.operation_id = finished."operationId"
    cross join jsonb_to_recordset(notifications) as fact (${FACT_COLUMNS})
    where is_new
  ) ${ADD_FACTS}
  select "leaseId" from finished`;

/** The end of a charge with everything that depends on it. */
interface FinishedCharge extends OperationEnd {
  payment: RecordedPayment;
  timeline: readonly TimelineEntry[];
  /** The notifications in the timeline, if they are sent. */
  told: readonly TimelineEntry[];
  notifications: readonly FactRow[];
}

/** What is recorded of a charge with its end. */
export interface ChargeRecord {
  /** Without its owner, which is looked up. */
  payment: RecordedPayment;
  timeline: readonly TimelineEntry[];
  notifications: readonly NotificationFact[];
}

interface ChargeEnd {
  end: OperationEnd;
  record: () => ChargeRecord;
  traceparent: string | undefined;
}

/** Ends the operations of charges: docs/adr/0015-speed.md. */
@Injectable()
export class FinishedChargeStore {
  private readonly ends = new Batches<ChargeEnd, boolean, FinishedCharge>(
    (charges) => this.finishAll(charges),
    { runningMax: 2, prepare: (end) => this.rowOf(end) },
  );

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Stores the end of a charge with everything that depends on it.
   *
   * @param record called when the statement is made, once
   * @returns false if the operation's lease is lost; nothing is stored then
   */
  finish(end: OperationEnd, record: () => ChargeRecord): Promise<boolean> {
    return this.ends.add({ end, record, traceparent: this.outbox.traceparent });
  }

  private rowOf({ end, record, traceparent }: ChargeEnd): FinishedCharge {
    const { payment, timeline, notifications } = record();
    const rows = this.outbox.rowsOf(notifications, traceparent);
    return {
      payment,
      timeline,
      told: notificationEntries(payment.updatedAt, rows),
      notifications: rows,
      ...end,
    };
  }

  private async finishAll(charges: readonly FinishedCharge[]): Promise<boolean[]> {
    const { rows } = await this.database.$client.query<{ leaseId: string }>({
      name: 'payments-finish-charges',
      text: FINISH_CHARGES,
      values: [JSON.stringify(charges)],
    });
    this.outbox.announce();
    const finished = new Set(rows.map(({ leaseId }) => leaseId));
    return charges.map(({ leaseId }) => finished.has(leaseId));
  }
}
