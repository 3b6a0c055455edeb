import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gt, gte, lt, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { type Database, DATABASE } from '../database/database.js';
import { paymentDisputes, paymentRefunds, payments } from '../database/schema-payments.js';
import { PAYMENT_STATUSES, PAYMENT_TYPES } from './payment.js';
import type { PaymentFilter } from './payment-filter.js';
import { type PaymentRow, readParts } from './payment-parts.store.js';
import type { StoredPayment } from './payment-record.store.js';

const UNDECIDED_PAGE_SIZE = 100;

/** Lists the payments of the record. */
@Injectable()
export class PaymentListStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * A page of payments, newest first. Each status and type is read apart, in the order of an index, so that a page costs
   * the same however many payments there are.
   *
   * @param caller only payments that this caller has started
   * @param after only payments that come after the one with this paymentId
   * @returns undefined if there is no such payment
   */
  async list(
    filter: PaymentFilter,
    limit: number,
    { caller, after }: { caller?: string | undefined; after?: string | undefined },
  ): Promise<StoredPayment[] | undefined> {
    const cursor = after === undefined ? undefined : await this.placeOf(after, caller);
    if (after !== undefined && !cursor) return undefined;
    const condition = and(
      caller === undefined ? undefined : eq(payments.caller, caller),
      ...conditionsOf(filter),
      cursor && isAfter(cursor),
    );
    const newest = [desc(payments.createdAt), desc(payments.position)];
    const branch = (where: SQL | undefined) =>
      this.database
        .select()
        .from(payments)
        .where(and(condition, where))
        .orderBy(...newest)
        .limit(limit);
    const [first, second, ...rest] = branchesOf(filter).map(branch);
    if (!first) return [];
    const rows = second
      ? await unionAll(first, second, ...rest)
          .orderBy(...newest)
          .limit(limit)
      : await first;
    return readParts(this.database, rows);
  }

  /** Some payments that were created before then and whose outcome, refunds or disputes may still change, by paymentId. */
  undecidedBefore(createdBefore: Date, after?: string): Promise<PaymentRow[]> {
    const ofPayment = sql`payment_id = ${payments.paymentId}`;
    return this.database
      .select()
      .from(payments)
      .where(
        and(
          lt(payments.createdAt, createdBefore),
          after === undefined ? undefined : gt(payments.paymentId, after),
          sql`(${payments.status} = 'PENDING' or ${payments.stage} = 'failed'
            or exists (select from ${paymentRefunds} where ${ofPayment} and status = 'PENDING')
            or exists (select from ${paymentDisputes} where ${ofPayment} and status = 'OPEN'))`,
        ),
      )
      .orderBy(asc(payments.paymentId))
      .limit(UNDECIDED_PAGE_SIZE);
  }

  private async placeOf(
    paymentId: string,
    caller: string | undefined,
  ): Promise<Pick<PaymentRow, 'createdAt' | 'position'> | undefined> {
    const [row] = await this.database
      .select({ createdAt: payments.createdAt, position: payments.position })
      .from(payments)
      .where(
        and(
          eq(payments.paymentId, paymentId),
          caller === undefined ? undefined : eq(payments.caller, caller),
        ),
      );
    return row;
  }
}

function conditionsOf({ shopTransactionId, tenant, userId, from, to }: PaymentFilter): (SQL | undefined)[] {
  return [
    shopTransactionId === undefined ? undefined : eq(payments.shopTransactionId, shopTransactionId),
    tenant === undefined ? undefined : eq(payments.tenant, tenant),
    userId === undefined ? undefined : eq(payments.userId, userId),
    from && gte(payments.createdAt, from),
    to && lt(payments.createdAt, to),
  ];
}

/** A user and a shop transaction have few payments: their indexes need no status or type. */
function branchesOf({ shopTransactionId, userId, status, type }: PaymentFilter): (SQL | undefined)[] {
  const statuses = status ? [status] : PAYMENT_STATUSES;
  const types = type ? [type] : PAYMENT_TYPES;
  if (shopTransactionId !== undefined || userId !== undefined) {
    return [and(status && eq(payments.status, status), type && eq(payments.type, type))];
  }
  return statuses.flatMap((one) =>
    types.map((other) => and(eq(payments.status, one), eq(payments.type, other))),
  );
}

function isAfter({ createdAt, position }: Pick<PaymentRow, 'createdAt' | 'position'>): SQL {
  return sql`(${payments.createdAt}, ${payments.position}) < (${createdAt.toISOString()}::timestamptz, ${position})`;
}
