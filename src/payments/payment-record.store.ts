import { Inject, Injectable } from '@nestjs/common';
import { and, type Column, desc, eq, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { customers, formerCustomers, operations, paymentCallers } from '../database/schema.js';
import { paymentRefunds, payments } from '../database/schema-payments.js';
import {
  disputedMinorOf,
  paymentIdOf,
  type PaymentOperation,
  type PaymentRefund,
  type PaymentSnapshot,
  type RecordedPayment,
  refundedMinorOf,
  statusOf,
} from './payment.js';
import { changeOf } from './payment-change.js';
import { CHECKOUT_OPERATION, isSessionId } from './payment-ids.js';
import { readPartsOfOne, saveParts } from './payment-parts.store.js';
import type { ReadPayment } from './payment-reader.stripe.js';
import type { TimelineEntry } from './payment-timeline.js';
import type { WithheldFact } from './withheld-facts.js';

/** A row of the record with what only the record itself uses. */
export interface StoredPayment extends RecordedPayment {
  revision: number;
  /** The operation that opens, or has opened, a Checkout page in place of its PaymentIntent. */
  replacementId: string | null;
  /** What callers were not notified of yet. */
  withheld: readonly WithheldFact[];
  timeline: readonly TimelineEntry[];
}

/** Fields of the row itself, without those of its refunds and disputes. */
export type PaymentFields = Partial<Omit<RecordedPayment, 'refunds' | 'disputes'>>;

/** The columns that hold the ids of a payment, by the prefix of the id: `PAYMENT_ID_PREFIXES`. */
const ID_COLUMNS = {
  cs: payments.sessionId,
  pi: payments.paymentIntentId,
  ch: payments.chargeId,
  py: payments.chargeId,
  in: payments.invoiceId,
  sub: payments.subscriptionId,
} as const;

/** The record of payments in PostgreSQL: docs/adr/0012-record-of-payments.md. */
@Injectable()
export class PaymentRecordStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The payment with one of these ids; of a subscription, the payment that was tried last. Undefined if there is none.
   *
   * @param caller only if this caller has started it
   */
  async find(
    id: string,
    caller?: string,
    database: Database | Transaction = this.database,
  ): Promise<StoredPayment | undefined> {
    const column = ID_COLUMNS[id.slice(0, id.indexOf('_')) as keyof typeof ID_COLUMNS];
    const [row] = await database
      .select()
      .from(payments)
      .where(
        and(
          // A payment keeps its id if another PaymentIntent has taken the place of the first.
          or(eq(column, id), eq(payments.paymentId, id)),
          caller === undefined ? undefined : eq(payments.caller, caller),
        ),
      )
      .orderBy(desc(ne(payments.stage, 'open')), desc(payments.createdAt), desc(payments.position))
      .limit(1);
    return readPartsOfOne(database, row);
  }

  /**
   * Inserts a payment as it was in an operation's outcome. One that is there already was read later, so its state stays;
   * it learns who started it.
   *
   * @returns undefined if it was there
   */
  async insertOutcome(
    transaction: Transaction,
    snapshot: PaymentSnapshot,
    operation: PaymentOperation,
    timeline: readonly TimelineEntry[],
  ): Promise<StoredPayment | undefined> {
    const [row] = await transaction
      .insert(payments)
      .values({ ...this.newRow(snapshot, timeline), ...operation })
      .onConflictDoNothing()
      .returning();
    if (row) return { ...row, refunds: [], disputes: [] };
    const { sessionId, paymentIntentId, shopTransactionId, customerId } = snapshot;
    await transaction
      .update(payments)
      .set({
        operationId: sql`coalesce(${payments.operationId}, ${operation.operationId}::uuid)`,
        caller: sql`coalesce(${payments.caller}, ${operation.caller})`,
        shopTransactionId: sql`coalesce(${payments.shopTransactionId}, ${shopTransactionId})`,
        tenant: sql`coalesce(${payments.tenant}, ${ownerColumn(customerId, 'tenant')})`,
        userId: sql`coalesce(${payments.userId}, ${ownerColumn(customerId, 'userId')})`,
        timeline: sql`${payments.timeline} || ${JSON.stringify(timeline)}::jsonb`,
        revision: sql`${payments.revision} + 1`,
      })
      .where(
        sessionId === null
          ? // A page may have taken the place of its PaymentIntent.
            or(
              eq(payments.paymentIntentId, String(paymentIntentId)),
              eq(payments.paymentId, String(paymentIntentId)),
            )
          : eq(payments.sessionId, sessionId),
      );
    return undefined;
  }

  /** The payment of a PaymentIntent or Checkout Session, locked until the transaction ends; undefined if there is none. */
  lock(transaction: Transaction, id: string): Promise<StoredPayment | undefined> {
    return lockBy(transaction, isSessionId(id) ? payments.sessionId : payments.paymentIntentId, id);
  }

  /** Does the same by the id that the payment has in the record, whatever it is paid with now. */
  lockKnown(transaction: Transaction, paymentId: string): Promise<StoredPayment | undefined> {
    return lockBy(transaction, payments.paymentId, paymentId);
  }

  /**
   * Writes what an operation has learned about a payment that the transaction has locked.
   *
   * @param fields what callers can see; nothing if an event was first
   */
  async changeLocked(
    transaction: Transaction,
    before: StoredPayment,
    fields: PaymentFields,
    { timeline, withheld }: { timeline: readonly TimelineEntry[]; withheld: readonly WithheldFact[] },
  ): Promise<StoredPayment> {
    const isChanged = Object.keys(fields).length > 0;
    const change = {
      ...fields,
      timeline: [...before.timeline, ...timeline],
      withheld: [...withheld],
      ...(isChanged && { updatedAt: this.clock.now(), version: before.version + 1 }),
      revision: before.revision + 1,
    };
    await transaction.update(payments).set(change).where(eq(payments.paymentId, before.paymentId));
    return { ...before, ...change };
  }

  /**
   * Writes what an operation has done to a payment that the transaction has locked.
   *
   * @param refund the refund that it has made; undefined if the record has that already
   */
  async addRefund(
    transaction: Transaction,
    before: StoredPayment,
    refund: PaymentRefund | undefined,
    timeline: readonly TimelineEntry[],
  ): Promise<StoredPayment> {
    const { paymentId } = before;
    const refunds = refund ? [...before.refunds, refund] : before.refunds;
    const change = {
      refundedMinor: refundedMinorOf(refunds),
      timeline: [...before.timeline, ...timeline],
      revision: before.revision + 1,
      ...(refund && { updatedAt: this.clock.now(), version: before.version + 1 }),
    };
    await transaction.update(payments).set(change).where(eq(payments.paymentId, paymentId));
    if (refund) await transaction.insert(paymentRefunds).values({ paymentId, ...refund });
    return { ...before, ...change, refunds };
  }

  /** The payment with one of these objects. */
  async findEither(
    sessionId: string | null,
    paymentIntentId: string | null,
  ): Promise<StoredPayment | undefined> {
    const ofSession = sessionId === null ? undefined : await this.find(sessionId);
    return ofSession ?? (paymentIntentId === null ? undefined : this.find(paymentIntentId));
  }

  /**
   * The Checkout Session that an operation has started; undefined if it has started none.
   *
   * @throws {Problem} `in-progress` until the id of the session is known, from the outcome of the operation, or from the session
   *   of a payment whose PaymentIntent it has replaced
   */
  async sessionOfOperation(operationId: string): Promise<string | undefined> {
    // Asked first: if the outcome is stored in between, the session is found.
    const starting = await this.database.$count(
      operations,
      and(
        eq(operations.id, operationId),
        eq(operations.kind, CHECKOUT_OPERATION),
        eq(operations.state, 'running'),
      ),
    );
    const [row] = await this.database
      .select({ sessionId: payments.sessionId })
      .from(payments)
      .where(
        or(
          and(eq(payments.operationId, operationId), isNotNull(payments.sessionId)),
          eq(payments.replacementId, operationId),
        ),
      );
    if (row ? row.sessionId === null : starting > 0) throw new Problem('in-progress');
    return row?.sessionId ?? undefined;
  }

  /** The payment whose PaymentIntent an operation replaces, if its session is not known yet; undefined for any other operation. */
  async findReplaced(operationId: string): Promise<StoredPayment | undefined> {
    const [row] = await this.database
      .select()
      .from(payments)
      .where(and(eq(payments.replacementId, operationId), isNull(payments.sessionId)));
    return readPartsOfOne(this.database, row);
  }

  /** The Checkout Session with which a subscription was started; undefined if none is known. */
  async sessionOfSubscription(transaction: Transaction, subscriptionId: string): Promise<string | undefined> {
    const [row] = await transaction
      .select({ sessionId: payments.sessionId })
      .from(payments)
      .where(and(eq(payments.subscriptionId, subscriptionId), isNotNull(payments.sessionId)));
    return row?.sessionId ?? undefined;
  }

  /**
   * Inserts a payment as Stripe has it now; undefined if it is there already.
   *
   * @param withheld what callers are not notified of yet
   */
  async insertRead(
    transaction: Transaction,
    { snapshot, operationId, refunds, disputes }: ReadPayment,
    timeline: readonly TimelineEntry[],
    withheld: readonly WithheldFact[],
  ): Promise<StoredPayment | undefined> {
    const [row] = await transaction
      .insert(payments)
      .values({
        ...this.newRow(snapshot, timeline),
        withheld: [...withheld],
        operationId: sql`(select ${operations.id} from ${operations} where ${operations.id} = ${operationId}::uuid)`,
        caller: callerColumn(operationId, snapshot),
        refundedMinor: refundedMinorOf(refunds),
        disputedMinor: disputedMinorOf(disputes),
      })
      .onConflictDoNothing()
      .returning();
    if (!row) return undefined;
    await saveParts(transaction, row.paymentId, { refunds, disputes });
    return { ...row, refunds, disputes };
  }

  /**
   * Writes a payment as Stripe has it now, and keeps what Stripe does not know.
   *
   * @param isChanged whether callers can see a difference
   * @param withheld what callers are not notified of yet
   * @returns undefined if the row has been written since `before` was read
   */
  async updateRead(
    transaction: Transaction,
    before: StoredPayment,
    read: ReadPayment,
    timeline: readonly TimelineEntry[],
    { isChanged, withheld }: { isChanged: boolean; withheld: readonly WithheldFact[] },
  ): Promise<StoredPayment | undefined> {
    const change = changeOf(before, read);
    const { refunds, disputes } = read;
    const [row] = await transaction
      .update(payments)
      .set({
        ...change,
        tenant: before.tenant ?? ownerColumn(change.customerId, 'tenant'),
        userId: before.userId ?? ownerColumn(change.customerId, 'userId'),
        // Notifications of its subscription are added to the timeline without a new revision.
        timeline: sql`${payments.timeline} || ${JSON.stringify(timeline)}::jsonb`,
        withheld: [...withheld],
        ...(isChanged && { updatedAt: this.clock.now(), version: before.version + 1 }),
        revision: before.revision + 1,
      })
      .where(and(eq(payments.paymentId, before.paymentId), eq(payments.revision, before.revision)))
      .returning();
    if (!row) return undefined;
    await saveParts(transaction, row.paymentId, { refunds, disputes });
    return { ...row, refunds, disputes };
  }

  /** Locks a payment before notifications are added, so that two transactions with its subject do not deadlock. */
  async lockTimeline(transaction: Transaction, paymentId: string): Promise<void> {
    await transaction
      .select({ paymentId: payments.paymentId })
      .from(payments)
      .where(eq(payments.paymentId, paymentId))
      .for('update');
  }

  /** Adds to the timeline of a payment that the transaction has written or locked. */
  async addToTimeline(
    transaction: Transaction,
    paymentId: string,
    entries: readonly TimelineEntry[],
  ): Promise<void> {
    if (entries.length === 0) return;
    await transaction
      .update(payments)
      .set({ timeline: sql`${payments.timeline} || ${JSON.stringify(entries)}::jsonb` })
      .where(eq(payments.paymentId, paymentId));
  }

  /** The parts of a row that are the same for outcomes and events. */
  private newRow(snapshot: PaymentSnapshot, timeline: readonly TimelineEntry[]) {
    const status = statusOf(snapshot.stage);
    return {
      ...snapshot,
      status,
      paymentId: paymentIdOf(snapshot),
      tenant: ownerColumn(snapshot.customerId, 'tenant'),
      userId: ownerColumn(snapshot.customerId, 'userId'),
      refundedMinor: 0,
      disputedMinor: 0,
      updatedAt: this.clock.now(),
      version: 1,
      revision: 1,
      timeline: [...timeline],
    };
  }
}

async function lockBy(
  transaction: Transaction,
  column: Column,
  id: string,
): Promise<StoredPayment | undefined> {
  const [row] = await transaction.select().from(payments).where(eq(column, id)).for('update');
  return readPartsOfOne(transaction, row);
}

/** The tenant or the user id of a customer's owner, looked up in the statement itself; null if it has none. */
export function ownerColumn(customerId: string | null, column: 'tenant' | 'userId'): SQL<string | null> {
  if (customerId === null) return sql`null`;
  const [current, former] = [customers[column], formerCustomers[column]];
  return sql`coalesce(
    (select ${current} from ${customers} where ${customers.stripeCustomerId} = ${customerId}),
    (select ${former} from ${formerCustomers} where ${formerCustomers.stripeCustomerId} = ${customerId})
  )`;
}

/** Who has started a payment: the caller of its operation or its page, or of a renewal that of the first payment. */
function callerColumn(
  operationId: string | null,
  { sessionId, subscriptionId }: Pick<PaymentSnapshot, 'sessionId' | 'subscriptionId'>,
): SQL<string | null> {
  return sql`coalesce(
    (select ${operations.caller} from ${operations} where ${operations.id} = ${operationId}::uuid),
    (select ${paymentCallers.caller} from ${paymentCallers} where ${paymentCallers.stripeId} = ${sessionId}),
    (select first.caller from ${payments} as first where first.subscription_id = ${subscriptionId}
      order by first.created_at limit 1)
  )`;
}
