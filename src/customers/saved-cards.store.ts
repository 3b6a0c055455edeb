import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Batches } from '../database/batches.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import type { CustomerLookUp } from '../database/owner-condition.js';
import { attachedPaymentMethods, customers } from '../database/schema.js';
import { Outbox } from '../notifications/outbox.store.js';
import { type PaymentMethod, paymentMethodView } from './customer.js';
import { ANY_OWNER, IN_LOCK_ORDER, isOf } from './customers.store.js';

const { paymentMethodId, stripeCustomerId, isDetached } = attachedPaymentMethods;
const isOfCustomer = and(eq(stripeCustomerId, customers.stripeCustomerId), sql`not ${isDetached}`);

/** $1 tenants, $2 users, $3 payment methods */
const FIND = `
  select index::int, customers.stripe_customer_id as customer, attached.payment_method_id is not null as "isKnown"
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as input (tenant, user_id, method, index)
  join customers using (tenant, user_id)
  left join attached_payment_methods as attached on attached.payment_method_id = method
    and attached.stripe_customer_id = customers.stripe_customer_id and not is_detached
  where customers.stripe_customer_id is not null`;

/** For the statement that claims and plans charges. */
export const CUSTOMER_LOOK_UP: CustomerLookUp = {
  name: 'saved-cards',
  text: `
    select id, customer
    from claims
    cross join lateral (
      select stripe_customer_id as customer
      from customers
      where tenant = claims.tenant and user_id = claims.user_id and exists (
        select from attached_payment_methods as attached
        where attached.payment_method_id = claims.payment_method_id
          and attached.stripe_customer_id = customers.stripe_customer_id and not is_detached)
      -- Keeps PostgreSQL from reading a whole table, as it expects 100 claims.
      limit 1
    ) as found`,
};

interface OwnersCard {
  owner: Owner;
  id: string;
}

/** An owner's customer, and whether a payment method is known to be attached to it. */
interface FoundCard {
  customer: string;
  isKnown: boolean;
}

/** Which payment methods are known to be attached to which customers. */
@Injectable()
export class SavedCardsStore {
  private readonly lookUps = new Batches<OwnersCard, FoundCard | undefined>((cards) => this.findEach(cards), {
    runningMax: 2,
  });
  private readonly findingAll: ReturnType<typeof prepareFindAll>;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    this.findingAll = prepareFindAll(database);
  }

  /** An owner's customer, and whether the payment method is known to be attached to it; undefined without a customer. */
  find(owner: Owner, id: string): Promise<FoundCard | undefined> {
    return this.lookUps.add({ owner, id });
  }

  /** An owner's customer with the payment methods known to be attached to it; undefined without a customer. */
  async findAll(owner: Owner): Promise<{ customer: string; known: Set<string> } | undefined> {
    const rows = await this.findingAll.execute({ ...owner });
    const customer = rows[0]?.customer;
    if (!customer) return undefined;
    return { customer, known: new Set(rows.flatMap(({ known }) => known ?? [])) };
  }

  /** Whether a payment method is known to be attached to a customer. */
  async isKnown(customer: string, id: string): Promise<boolean> {
    const isThis = and(eq(paymentMethodId, id), eq(stripeCustomerId, customer), sql`not ${isDetached}`);
    return (await this.database.$count(attachedPaymentMethods, isThis)) > 0;
  }

  /**
   * Remembers payment methods that Stripe has just shown as attached to a customer, if it is an owner's. They may have been
   * attached long ago, so callers are not notified.
   */
  async remember(customer: string, methods: readonly PaymentMethod[]): Promise<void> {
    if (methods.length > 0) await this.insert(this.database, customer, methods);
  }

  /** Remembers a payment method as {@link remember} does, and notifies callers, once, that it was attached. */
  rememberAttached(customer: string, method: PaymentMethod): Promise<void> {
    return this.database.transaction(async (transaction) => {
      await this.insert(transaction, customer, [method]);
      const reported = await transaction
        .update(attachedPaymentMethods)
        .set({ isReported: true })
        .where(and(eq(paymentMethodId, method.id), sql`not ${attachedPaymentMethods.isReported}`))
        .returning();
      if (reported.length > 0) await this.notify(transaction, 'payment_method.attached', customer, [method]);
    });
  }

  /** Remembers that a payment method is no longer attached to a customer; callers are notified by its event. */
  async markDetached(customer: string, id: string): Promise<void> {
    const isThis = and(eq(paymentMethodId, id), eq(stripeCustomerId, customer));
    await this.database.update(attachedPaymentMethods).set({ isDetached: true }).where(isThis);
  }

  /** Forgets a payment method that is no longer attached, and notifies of that. */
  forget(method: PaymentMethod): Promise<void> {
    return this.database.transaction((transaction) => this.forgetIn(transaction, [method]));
  }

  /** Does the same as {@link forget} as a part of a transaction, for payment methods of one customer. */
  async forgetIn(transaction: Transaction, methods: readonly PaymentMethod[]): Promise<void> {
    const areThese = inArray(
      paymentMethodId,
      methods.map(({ id }) => id),
    );
    // All rows are locked before the owner's notifications are, so that this does not deadlock with their events.
    await transaction
      .select({ paymentMethodId })
      .from(attachedPaymentMethods)
      .where(areThese)
      .orderBy(IN_LOCK_ORDER)
      .for('update');
    const rows = await transaction.delete(attachedPaymentMethods).where(areThese).returning();
    const customer = rows[0]?.stripeCustomerId;
    if (customer === undefined) return;
    const forgotten = methods.filter(({ id }) => rows.some((row) => row.paymentMethodId === id));
    await this.notify(transaction, 'payment_method.detached', customer, forgotten);
  }

  private async findEach(cards: readonly OwnersCard[]): Promise<(FoundCard | undefined)[]> {
    const { rows } = await this.database.$client.query<FoundCard & { index: number }>({
      name: 'saved-cards-find',
      text: FIND,
      values: [
        cards.map(({ owner }) => owner.tenant),
        cards.map(({ owner }) => owner.userId),
        cards.map(({ id }) => id),
      ],
    });
    const found = new Map(rows.map((row) => [row.index, row]));
    return cards.map((_, place) => found.get(place + 1));
  }

  private async insert(
    database: Database | Transaction,
    customer: string,
    methods: readonly PaymentMethod[],
  ): Promise<void> {
    const ids = methods.map(({ id }) => id).sort();
    const attached = this.database
      .select({
        paymentMethodId: sql<string>`unnest(${sql.param(ids)}::text[])`.as('payment_method_id'),
        stripeCustomerId: customers.stripeCustomerId,
        isDetached: sql<boolean>`false`.as('is_detached'),
        isReported: sql<boolean>`false`.as('is_reported'),
      })
      .from(customers)
      .where(eq(customers.stripeCustomerId, customer));
    await database
      .insert(attachedPaymentMethods)
      .select(attached)
      .onConflictDoUpdate({
        target: paymentMethodId,
        set: { stripeCustomerId: customer, isDetached: false },
      });
  }

  /** Only of cards, which are all that callers see. */
  private async notify(
    transaction: Transaction,
    type: 'payment_method.attached' | 'payment_method.detached',
    customer: string,
    methods: readonly PaymentMethod[],
  ): Promise<void> {
    const [owner] = await transaction
      .select({ tenant: customers.tenant, userId: customers.userId })
      .from(customers)
      .where(eq(customers.stripeCustomerId, customer));
    if (!owner) return;
    const about = { ...owner, subject: `${owner.tenant}/${owner.userId}`, caller: null, paymentId: null };
    const facts = methods.flatMap(({ card }) =>
      card
        ? [{ type, at: this.clock.now(), data: { paymentMethod: paymentMethodView(card) }, ...about }]
        : [],
    );
    await this.outbox.add(transaction, facts);
  }
}

/** Built once: docs/adr/0015-speed.md. */
function prepareFindAll(database: Database) {
  return database
    .select({ customer: customers.stripeCustomerId, known: paymentMethodId })
    .from(customers)
    .leftJoin(attachedPaymentMethods, isOfCustomer)
    .where(isOf(ANY_OWNER))
    .prepare('saved-cards-find-all');
}
