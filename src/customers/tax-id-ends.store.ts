import { Inject, Injectable } from '@nestjs/common';
import { eq, lt } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { taxIdEnds } from '../database/schema-tax-ids.js';

/**
 * Whether a tax id that was added at Stripe is kept or taken back. Requests that set the same one at once share it, and the
 * first of them that ends decides.
 */
@Injectable()
export class TaxIdEndsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** False if another request takes it back. */
  keep(taxId: string): Promise<boolean> {
    return this.decide(taxId, true);
  }

  /** False if another request keeps it. */
  takeBack(taxId: string): Promise<boolean> {
    return this.decide(taxId, false);
  }

  /** Whether a request takes it back, or has failed to. */
  async isTakenBack(taxId: string): Promise<boolean> {
    return (await this.isKept(taxId)) === false;
  }

  /** Deletes decisions from before a time. */
  async prune(before: Date): Promise<void> {
    await this.database.delete(taxIdEnds).where(lt(taxIdEnds.decidedAt, before));
  }

  private async decide(taxId: string, isKept: boolean): Promise<boolean> {
    const decidedAt = this.clock.now();
    await this.database.insert(taxIdEnds).values({ taxId, isKept, decidedAt }).onConflictDoNothing();
    return (await this.isKept(taxId)) === isKept;
  }

  /** Undefined if it is not decided. */
  private async isKept(taxId: string): Promise<boolean | undefined> {
    const [decided] = await this.database.select().from(taxIdEnds).where(eq(taxIdEnds.taxId, taxId));
    return decided?.isKept;
  }
}
