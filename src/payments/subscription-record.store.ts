import { Inject, Injectable } from '@nestjs/common';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { operations } from '../database/schema.js';
import { payments, paymentSubscriptions as subscriptions } from '../database/schema-payments.js';
import type { PaymentOperation } from './payment.js';
import { isSessionId } from './payment-ids.js';
import { ownerColumn } from './payment-record.store.js';
import type { ReadSubscription } from './subscription-reader.stripe.js';
import type { WithheldSubscriptionFact } from './subscription-notices.js';
import type {
  InvoiceFailure,
  RecordedSubscription,
  SubscriptionEnd,
  SubscriptionSnapshot,
} from './subscription-record.js';

/** A row of the record with what only the record itself uses. */
export interface StoredSubscription extends RecordedSubscription {
  position: number;
  revision: number;
  /** What callers were not notified of yet. */
  withheld: readonly WithheldSubscriptionFact[];
}

/** The record of subscriptions in PostgreSQL: docs/adr/0012-record-of-payments.md. */
@Injectable()
export class SubscriptionRecordStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * The subscription with this id, or of this Checkout Session; undefined if there is none.
   *
   * @param caller only if this caller has started it
   */
  async find(id: string, caller?: string): Promise<StoredSubscription | undefined> {
    const [row] = await this.database
      .select()
      .from(subscriptions)
      .where(and(eq(idColumn(id), id), caller === undefined ? undefined : eq(subscriptions.caller, caller)));
    return row;
  }

  /** The subscription with one of these objects. */
  async findEither(
    sessionId: string | null,
    subscriptionId: string | null,
  ): Promise<StoredSubscription | undefined> {
    const ofSession = sessionId === null ? undefined : await this.find(sessionId);
    return ofSession ?? (subscriptionId === null ? undefined : this.find(subscriptionId));
  }

  /** The subscription with this id, or of this Checkout Session, locked until the transaction ends. */
  async lock(transaction: Transaction, id: string): Promise<StoredSubscription | undefined> {
    const [row] = await transaction
      .select()
      .from(subscriptions)
      .where(eq(idColumn(id), id))
      .for('update');
    return row;
  }

  /**
   * Writes what an operation has done to a subscription that the transaction has locked.
   *
   * @param withheld what callers are not notified of yet
   */
  async changeLocked(
    transaction: Transaction,
    before: StoredSubscription,
    ended: Partial<SubscriptionEnd>,
    withheld: readonly WithheldSubscriptionFact[],
  ): Promise<StoredSubscription> {
    const change = {
      ...ended,
      withheld: [...withheld],
      updatedAt: this.clock.now(),
      version: before.version + 1,
      revision: before.revision + 1,
    };
    await transaction.update(subscriptions).set(change).where(eq(subscriptions.position, before.position));
    return { ...before, ...change };
  }

  /**
   * Inserts a subscription as it was in an operation's outcome. One that is there already was read later, so its state
   * stays; it learns who started it.
   */
  async insertOutcome(
    transaction: Transaction,
    snapshot: SubscriptionSnapshot,
    { operationId, caller }: PaymentOperation,
  ): Promise<void> {
    const { customerId, shopTransactionId } = snapshot;
    await transaction
      .insert(subscriptions)
      .values({ ...this.newRow(snapshot, []), operationId, caller })
      .onConflictDoUpdate({
        target: subscriptions.sessionId,
        set: {
          operationId: sql`coalesce(${subscriptions.operationId}, ${operationId}::uuid)`,
          caller: sql`coalesce(${subscriptions.caller}, ${caller})`,
          shopTransactionId: sql`coalesce(${subscriptions.shopTransactionId}, ${shopTransactionId})`,
          tenant: sql`coalesce(${subscriptions.tenant}, ${ownerColumn(customerId, 'tenant')})`,
          userId: sql`coalesce(${subscriptions.userId}, ${ownerColumn(customerId, 'userId')})`,
          revision: sql`${subscriptions.revision} + 1`,
        },
      });
  }

  /**
   * Inserts a subscription as Stripe has it now; undefined if it is there already.
   *
   * @param withheld what callers are not notified of yet
   */
  async insertRead(
    transaction: Transaction,
    { snapshot, operationId, failures }: ReadSubscription,
    withheld: readonly WithheldSubscriptionFact[],
  ): Promise<StoredSubscription | undefined> {
    const [row] = await transaction
      .insert(subscriptions)
      .values({
        ...this.newRow(snapshot, failures),
        withheld: [...withheld],
        operationId: sql`(select ${operations.id} from ${operations} where ${operations.id} = ${operationId}::uuid)`,
        caller: callerColumn(operationId, snapshot.sessionId),
      })
      .onConflictDoNothing()
      .returning();
    return row;
  }

  /**
   * Writes a subscription as Stripe has it now, and keeps what Stripe does not know.
   *
   * @param isChanged whether callers can see a difference
   * @param withheld what callers are not notified of yet
   * @returns undefined if the row has been written since `before` was read
   */
  async updateRead(
    transaction: Transaction,
    before: StoredSubscription,
    { snapshot, failures }: ReadSubscription,
    { isChanged, withheld }: { isChanged: boolean; withheld: readonly WithheldSubscriptionFact[] },
  ): Promise<StoredSubscription | undefined> {
    const { createdAt: _createdAt, ...current } = snapshot;
    const { customerId, sessionId } = current;
    const [row] = await transaction
      .update(subscriptions)
      .set({
        ...current,
        ...keptOf(before, snapshot),
        tenant: before.tenant ?? ownerColumn(customerId, 'tenant'),
        userId: before.userId ?? ownerColumn(customerId, 'userId'),
        caller: before.caller ?? callerColumn(before.operationId, sessionId),
        failedAttempts: { ...before.failedAttempts, ...attemptsOf(failures) },
        withheld: [...withheld],
        ...(isChanged && { updatedAt: this.clock.now(), version: before.version + 1 }),
        revision: before.revision + 1,
      })
      .where(and(eq(subscriptions.position, before.position), eq(subscriptions.revision, before.revision)))
      .returning();
    return row;
  }

  /**
   * Notes which payment of a subscription is the first. Call it after the payment or the subscription was committed: of
   * two transactions that insert one of them each, neither sees the row of the other.
   */
  async linkFirstPayment(subscriptionId: string): Promise<void> {
    const first = sql`(
      select ${payments.paymentId} from ${payments} where ${payments.subscriptionId} = ${subscriptionId}
      order by ${payments.createdAt}, ${payments.position} limit 1
    )`;
    await this.database
      .update(subscriptions)
      .set({
        paymentId: first,
        updatedAt: this.clock.now(),
        version: sql`${subscriptions.version} + 1`,
        revision: sql`${subscriptions.revision} + 1`,
      })
      .where(
        and(
          eq(subscriptions.subscriptionId, subscriptionId),
          sql`${subscriptions.paymentId} is distinct from coalesce(${subscriptions.sessionId}, ${first})`,
        ),
      );
  }

  /** The parts of a row that are the same for outcomes and events. */
  private newRow(snapshot: SubscriptionSnapshot, failures: readonly InvoiceFailure[]) {
    return {
      ...snapshot,
      paymentId: snapshot.sessionId,
      tenant: ownerColumn(snapshot.customerId, 'tenant'),
      userId: ownerColumn(snapshot.customerId, 'userId'),
      failedAttempts: attemptsOf(failures),
      updatedAt: this.clock.now(),
      version: 1,
      revision: 1,
    };
  }
}

function idColumn(id: string) {
  return isSessionId(id) ? subscriptions.sessionId : subscriptions.subscriptionId;
}

/** What stays as it was recorded first, or was not read again. */
export function keptOf(before: RecordedSubscription, snapshot: SubscriptionSnapshot) {
  const sessionId = before.sessionId ?? snapshot.sessionId;
  return {
    sessionId,
    checkoutStatus: snapshot.checkoutStatus ?? before.checkoutStatus,
    shopTransactionId: before.shopTransactionId ?? snapshot.shopTransactionId,
    paymentId: sessionId ?? before.paymentId,
  };
}

function attemptsOf(failures: readonly InvoiceFailure[]): Record<string, string> {
  return Object.fromEntries(failures.map(({ invoice, attempt }) => [invoice.id, attempt]));
}

/** Who has started a subscription: the operation's caller. Operations are deleted, payments are not. */
function callerColumn(operationId: string | null, sessionId: string | null): SQL<string | null> {
  return sql`coalesce(
    (select ${operations.caller} from ${operations} where ${operations.id} = ${operationId}::uuid),
    (select ${payments.caller} from ${payments} where ${payments.sessionId} = ${sessionId})
  )`;
}
