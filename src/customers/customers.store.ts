import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { Owner } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { customers } from '../database/schema.js';

const FIRST_GENERATION = 1;

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
      .where(and(eq(customers.tenant, owner.tenant), eq(customers.userId, owner.userId)));
    return row?.stripeCustomerId;
  }

  /** Links where neither side is linked yet, and tells who stands for the owner then, if anyone does. */
  async link(owner: Owner, stripeCustomerId: string): Promise<string | undefined> {
    await this.database
      .insert(customers)
      .values({ ...owner, stripeCustomerId, generation: FIRST_GENERATION, createdAt: this.clock.now() })
      .onConflictDoNothing();
    return this.find(owner);
  }
}
