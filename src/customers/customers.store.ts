import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, type Placeholder, sql } from 'drizzle-orm';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { type AuditDetails, type Change, type ChangeAuthor, STRIPE_AUTHOR } from '../access/audit-entry.js';
import { AuditLog } from '../access/audit-log.store.js';
import { Settings } from '../config/settings.js';
import { Batches } from '../database/batches.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { attachedPaymentMethods, customers, formerCustomers } from '../database/schema.js';
import { isUniqueViolation } from '../database/unique-violation.js';

/** The order in which several payment methods are locked, here and where ids are sorted in JavaScript. */
export const IN_LOCK_ORDER = sql`${attachedPaymentMethods.paymentMethodId} collate "C"`;

/** The owner in a prepared statement. */
export const ANY_OWNER = { tenant: sql.placeholder('tenant'), userId: sql.placeholder('userId') };

/** Numbers an owner's Stripe customers. A new generation starts when one is deleted, or was certainly not created. */
export interface Generation {
  generation: number;
  stripeCustomerId: string | null;
}

/** Links owners to Stripe customers: one customer per owner, and one owner per customer. */
@Injectable()
export class CustomersStore {
  private readonly lookUps = new Batches<Owner, string[]>((owners) => this.findAllOfEach(owners), {
    runningMax: 2,
  });
  private readonly finding: ReturnType<typeof prepareFind>;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly auditLog: AuditLog,
  ) {
    this.finding = prepareFind(database);
  }

  /** The id of an owner's Stripe customer; undefined if there is none. */
  async find(owner: Owner): Promise<string | undefined> {
    const [row] = await this.finding.execute({ ...owner });
    return row?.stripeCustomerId ?? undefined;
  }

  /** The ids of an owner's current customer, if any, and of the former ones, newest first. */
  findAll(owner: Owner): Promise<string[]> {
    return this.lookUps.add(owner);
  }

  /** The owner of a current or former customer. */
  async ownerOf(transaction: Transaction, stripeCustomerId: string): Promise<Owner | undefined> {
    const ownersIn = (table: typeof customers | typeof formerCustomers) =>
      transaction
        .select({ tenant: table.tenant, userId: table.userId })
        .from(table)
        .where(eq(table.stripeCustomerId, stripeCustomerId));
    const [owner] = await ownersIn(customers);
    return owner ?? (await ownersIn(formerCustomers))[0];
  }

  /** An owner's current generation; the first one is started if there is none. */
  async currentGeneration(owner: Owner): Promise<Generation> {
    const [row] = await this.database
      .insert(customers)
      .values({ ...owner, mode: this.settings.MODE, createdAt: this.clock.now() })
      .onConflictDoUpdate({ target: [customers.tenant, customers.userId], set: owner })
      .returning();
    if (!row) throw new Error('an upsert returns its row');
    return row;
  }

  /** Starts the next generation, because Stripe replays the failure under this generation's idempotency key. */
  async startNextGeneration(transaction: Transaction, owner: Owner, generation: number): Promise<void> {
    await transaction
      .update(customers)
      .set({ generation: generation + 1 })
      .where(isWithoutCustomer(owner, generation));
  }

  /** Links a created customer unless the owner has one by now. @returns the linked customer, if any */
  async saveCreated(
    owner: Owner,
    generation: number,
    stripeCustomerId: string,
    author: ChangeAuthor,
  ): Promise<string | undefined> {
    await this.database.transaction(async (transaction) => {
      const { rowCount } = await transaction
        .update(customers)
        .set({ stripeCustomerId })
        .where(isWithoutCustomer(owner, generation));
      if (rowCount === 0) return;
      await this.auditLog.record(transaction, author, linkOf(owner, stripeCustomerId));
    });
    return this.find(owner);
  }

  /** Links a customer if neither side is linked. @returns the owner's linked customer, if any */
  async link(owner: Owner, stripeCustomerId: string, author: ChangeAuthor): Promise<string | undefined> {
    try {
      await this.database.transaction(async (transaction) => {
        const { rowCount } = await transaction
          .insert(customers)
          .values({ ...owner, stripeCustomerId, mode: this.settings.MODE, createdAt: this.clock.now() })
          .onConflictDoUpdate({
            target: [customers.tenant, customers.userId],
            set: { stripeCustomerId },
            setWhere: isNull(customers.stripeCustomerId),
          });
        if (rowCount === 0) return;
        await this.auditLog.record(transaction, author, linkOf(owner, stripeCustomerId));
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    return this.find(owner);
  }

  private async findAllOfEach(owners: readonly Owner[]): Promise<string[][]> {
    const { rows } = await this.database.$client.query<{ index: number; id: string }>({
      name: 'customers-find-all',
      text: FIND_ALL,
      values: [owners.map(({ tenant }) => tenant), owners.map(({ userId }) => userId)],
    });
    const found: string[][] = owners.map(() => []);
    for (const { index, id } of rows) found[index - 1]?.push(id);
    return found;
  }

  /** Makes a deleted customer, whose cards are gone, a former one and starts its owner's next generation. */
  async unlinkDeleted(deletedId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const owner = await this.unlinkIn(transaction, deletedId, STRIPE_AUTHOR);
      if (!owner) return;
      const former = { ...owner, stripeCustomerId: deletedId, unlinkedAt: this.clock.now() };
      await transaction.insert(formerCustomers).values(former).onConflictDoNothing();
    });
  }

  /**
   * Unlinks a customer that still exists, and starts its owner's next generation. It becomes no former one: whoever was
   * linked to it by mistake must not see its payments any more.
   */
  async unlink(stripeCustomerId: string, author: ChangeAuthor): Promise<void> {
    await this.database.transaction((transaction) => this.unlinkIn(transaction, stripeCustomerId, author));
  }

  private async unlinkIn(
    transaction: Transaction,
    stripeCustomerId: string,
    author: ChangeAuthor,
  ): Promise<Owner | undefined> {
    const areOfCustomer = eq(attachedPaymentMethods.stripeCustomerId, stripeCustomerId);
    await transaction
      .select({ id: attachedPaymentMethods.paymentMethodId })
      .from(attachedPaymentMethods)
      .where(areOfCustomer)
      .orderBy(IN_LOCK_ORDER)
      .for('update');
    await transaction.delete(attachedPaymentMethods).where(areOfCustomer);
    const [owner] = await transaction
      .update(customers)
      .set({ stripeCustomerId: null, generation: sql`${customers.generation} + 1` })
      .where(eq(customers.stripeCustomerId, stripeCustomerId))
      .returning({ tenant: customers.tenant, userId: customers.userId });
    if (!owner) return undefined;
    const change = {
      action: 'customer.unlinked',
      objectId: stripeCustomerId,
      details: detailsOf(owner),
    } as const;
    await this.auditLog.record(transaction, author, change);
    return owner;
  }
}

/** $1 tenants, $2 users */
const FIND_ALL = `
  select index::int, id
  from unnest($1::text[], $2::text[]) with ordinality as input (tenant, user_id, index)
  cross join lateral (
    select stripe_customer_id as id, null::timestamptz as unlinked_at from customers
    where tenant = input.tenant and user_id = input.user_id and stripe_customer_id is not null
    union all
    select stripe_customer_id, unlinked_at from former_customers
    where tenant = input.tenant and user_id = input.user_id
  ) as known
  order by index, unlinked_at desc nulls first`;

/** The audit entry of a customer that is linked to an owner. */
export function linkOf(owner: Owner, stripeCustomerId: string): Change {
  return { action: 'customer.linked', objectId: stripeCustomerId, details: detailsOf(owner) };
}

function detailsOf({ tenant, userId }: Owner): AuditDetails {
  return { tenant, userId };
}

/** The condition for the row of an owner. */
export function isOf({ tenant, userId }: Record<keyof Owner, string | Placeholder>) {
  return and(eq(customers.tenant, tenant), eq(customers.userId, userId));
}

/** Built once: docs/adr/0015-speed.md. */
function prepareFind(database: Database) {
  return database
    .select({ stripeCustomerId: customers.stripeCustomerId })
    .from(customers)
    .where(isOf(ANY_OWNER))
    .prepare('customers-find');
}

function isWithoutCustomer(owner: Owner, generation: number) {
  return and(isOf(owner), eq(customers.generation, generation), isNull(customers.stripeCustomerId));
}
