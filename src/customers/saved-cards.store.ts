import { Inject, Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { Owner } from '#core/actor.js';
import { type Database, DATABASE } from '../database/database.js';
import { attachedPaymentMethods, customers } from '../database/schema.js';
import { isOf } from './customers.store.js';

const { paymentMethodId, stripeCustomerId } = attachedPaymentMethods;

/** Which payment methods are known to be attached to which customers. */
@Injectable()
export class SavedCardsStore {
  private readonly findStatement: ReturnType<typeof prepareFind>;

  constructor(@Inject(DATABASE) private readonly database: Database) {
    this.findStatement = prepareFind(database);
  }

  /** An owner's customer, and whether the payment method is known to be attached to it; undefined without a customer. */
  async find(owner: Owner, id: string): Promise<{ customer: string; isKnown: boolean } | undefined> {
    const [row] = await this.findStatement.execute({ ...owner, id });
    return row?.customer ? { customer: row.customer, isKnown: row.known !== null } : undefined;
  }

  /** An owner's customer with the payment methods known to be attached to it; undefined without a customer. */
  async findAll(owner: Owner): Promise<{ customer: string; known: Set<string> } | undefined> {
    const rows = await this.database
      .select({ customer: customers.stripeCustomerId, known: paymentMethodId })
      .from(customers)
      .leftJoin(attachedPaymentMethods, eq(stripeCustomerId, customers.stripeCustomerId))
      .where(isOf(owner));
    const customer = rows[0]?.customer;
    if (!customer) return undefined;
    return { customer, known: new Set(rows.flatMap(({ known }) => known ?? [])) };
  }

  /** Remembers payment methods that Stripe has just shown as attached to a customer, if it is an owner's. */
  async remember(customer: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const attached = this.database
      .select({
        paymentMethodId: sql<string>`unnest(${sql.param(ids)}::text[])`.as('payment_method_id'),
        stripeCustomerId: customers.stripeCustomerId,
      })
      .from(customers)
      .where(eq(customers.stripeCustomerId, customer));
    await this.database
      .insert(attachedPaymentMethods)
      .select(attached)
      .onConflictDoUpdate({ target: paymentMethodId, set: { stripeCustomerId: customer } });
  }

  /** Forgets a payment method that is no longer attached: to any customer, or to this one. */
  async forget(id: string, customer?: string): Promise<void> {
    const isOfCustomer = customer === undefined ? undefined : eq(stripeCustomerId, customer);
    await this.database.delete(attachedPaymentMethods).where(and(eq(paymentMethodId, id), isOfCustomer));
  }
}

/** The statement of every charge: docs/adr/0015-speed.md. */
function prepareFind(database: Database) {
  const isAttached = and(
    eq(stripeCustomerId, customers.stripeCustomerId),
    eq(paymentMethodId, sql.placeholder('id')),
  );
  return database
    .select({ customer: customers.stripeCustomerId, known: paymentMethodId })
    .from(customers)
    .leftJoin(attachedPaymentMethods, isAttached)
    .where(isOf({ tenant: sql.placeholder('tenant'), userId: sql.placeholder('userId') }))
    .prepare('saved-cards-find');
}
