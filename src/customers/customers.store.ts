import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Owner } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { customers } from '../database/schema.js';
import { isUniqueViolation } from '../database/unique-violation.js';

/** An owner's turn of having a Stripe customer; the next one begins when that was deleted at Stripe. */
export interface Generation {
  generation: number;
  stripeCustomerId: string | null;
}

/** Which Stripe customer stands for whom; one per owner, and one owner per Stripe customer. */
@Injectable()
export class CustomersStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(owner: Owner): Promise<string | undefined> {
    const [row] = await this.database
      .select({ stripeCustomerId: customers.stripeCustomerId })
      .from(customers)
      .where(isOf(owner));
    return row?.stripeCustomerId ?? undefined;
  }

  /** Which customer of an owner's it is the turn of, from the first one on. */
  async begin(owner: Owner): Promise<Generation> {
    const [row] = await this.database
      .insert(customers)
      .values({ ...owner, createdAt: this.clock.now() })
      .onConflictDoUpdate({ target: [customers.tenant, customers.userId], set: owner })
      .returning();
    if (!row) throw new Error('an upsert returns its row');
    return row;
  }

  /** Begins the next generation, as Stripe only tells the old failure under the key of this one. */
  async beginNext(transaction: Transaction, owner: Owner, generation: number): Promise<void> {
    await transaction
      .update(customers)
      .set({ generation: generation + 1 })
      .where(isUnmade(owner, generation));
  }

  /** Keeps the customer that was made, unless another one stands for the owner by now; tells who does, if any. */
  async settle(owner: Owner, generation: number, stripeCustomerId: string): Promise<string | undefined> {
    await this.database.update(customers).set({ stripeCustomerId }).where(isUnmade(owner, generation));
    return this.find(owner);
  }

  /** Links where neither side is linked yet, and tells who stands for the owner then, if anyone does. */
  async link(owner: Owner, stripeCustomerId: string): Promise<string | undefined> {
    try {
      await this.database
        .insert(customers)
        .values({
          ...owner,
          stripeCustomerId,
          createdAt: this.clock.now(),
        })
        .onConflictDoUpdate({
          target: [customers.tenant, customers.userId],
          set: { stripeCustomerId },
          setWhere: isNull(customers.stripeCustomerId),
        });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    return this.find(owner);
  }

  /** Begins the next generation of whomever a deleted customer stood for. */
  async startOver(deletedId: string): Promise<void> {
    await this.database
      .update(customers)
      .set({ stripeCustomerId: null, generation: sql`${customers.generation} + 1` })
      .where(eq(customers.stripeCustomerId, deletedId));
  }
}

function isOf({ tenant, userId }: Owner) {
  return and(eq(customers.tenant, tenant), eq(customers.userId, userId));
}

function isUnmade(owner: Owner, generation: number) {
  return and(isOf(owner), eq(customers.generation, generation), isNull(customers.stripeCustomerId));
}
