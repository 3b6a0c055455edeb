import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';
import { paymentDisputes, payments } from '../database/schema-payments.js';
import type { DisputeStatus, PaymentDispute } from './payment.js';
import { DISPUTE_COLUMNS } from './payment-parts.store.js';

/** A dispute in the record, with the payment that it is about. */
export interface RecordedDispute extends PaymentDispute {
  paymentId: string;
  currency: string;
}

const COLUMNS = { ...DISPUTE_COLUMNS, currency: payments.currency };

/** The disputes of the record, of all payments. */
@Injectable()
export class DisputeRecordStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /**
   * A page of disputes, newest first.
   *
   * @param caller only disputes of payments that this caller has started
   * @param after only disputes that come after the one with this id
   * @returns undefined if there is no such dispute
   */
  async list(
    status: DisputeStatus | undefined,
    limit: number,
    { caller, after }: { caller: string | undefined; after: string | undefined },
  ): Promise<RecordedDispute[] | undefined> {
    const cursor = after === undefined ? undefined : await this.find(after, caller);
    if (after !== undefined && !cursor) return undefined;
    return this.select(
      and(ofCaller(caller), status && eq(paymentDisputes.status, status), cursor && isAfter(cursor)),
    )
      .orderBy(desc(paymentDisputes.createdAt), desc(paymentDisputes.disputeId))
      .limit(limit);
  }

  /** @param caller only if this caller has started its payment */
  async find(disputeId: string, caller: string | undefined): Promise<RecordedDispute | undefined> {
    const [row] = await this.select(and(eq(paymentDisputes.disputeId, disputeId), ofCaller(caller)));
    return row;
  }

  private select(where: SQL | undefined) {
    return this.database
      .select(COLUMNS)
      .from(paymentDisputes)
      .innerJoin(payments, eq(payments.paymentId, paymentDisputes.paymentId))
      .where(where);
  }
}

function ofCaller(caller: string | undefined): SQL | undefined {
  return caller === undefined ? undefined : eq(paymentDisputes.caller, caller);
}

function isAfter({ createdAt, disputeId }: RecordedDispute): SQL {
  return sql`(${paymentDisputes.createdAt}, ${paymentDisputes.disputeId})
    < (${createdAt.toISOString()}::timestamptz, ${disputeId})`;
}
