import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNotNull, lt, ne, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { type Database, DATABASE } from '../database/database.js';
import { taxIdAdditions } from '../database/schema-tax-ids.js';
import { isLookUpConclusive, KEY_LIFETIME_MS, SETTLE_MS } from '../operations/retry-policy.js';
import type { TaxId } from './customer.js';

/** Longer than Stripe knows an idempotency key, which is a day. */
const RETENTION_MS = 48 * 60 * 60 * 1000;

/** The idempotency keys under which tax ids are added to customers, so that requests that add the same one add it once. */
@Injectable()
export class TaxIdAdditionsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The key under which a tax id is added to a customer, the same until it is {@link renew}ed. */
  async begin(customer: string, taxId: TaxId): Promise<string> {
    const now = this.clock.now();
    const id = idOf(customer, taxId);
    const addition = { key: randomUUID(), begunAt: now, failedAt: null };
    const forgottenBefore = new Date(now.getTime() - KEY_LIFETIME_MS);
    await this.database
      .insert(taxIdAdditions)
      .values({ id, customer, ...addition })
      .onConflictDoUpdate({
        target: taxIdAdditions.id,
        set: addition,
        setWhere: lt(taxIdAdditions.begunAt, forgottenBefore),
      });
    const [begun] = await this.database.select().from(taxIdAdditions).where(eq(taxIdAdditions.id, id));
    return begun?.key ?? addition.key;
  }

  /** Puts a new key in the place of one. Its answer from Stripe tells nothing about the customer any more. */
  async renew(key: string): Promise<void> {
    await this.database
      .update(taxIdAdditions)
      .set({ key: randomUUID(), begunAt: this.clock.now(), failedAt: null })
      .where(eq(taxIdAdditions.key, key));
  }

  /**
   * Remembers that it is not known whether a tax id was added.
   *
   * @param isReplayed whether Stripe has only repeated an earlier failure
   * @returns whether that failure is so old that Stripe does not work on it any more
   */
  async fail(key: string, isReplayed: boolean): Promise<boolean> {
    const now = this.clock.now();
    const [failed] = await this.database
      .update(taxIdAdditions)
      .set({
        failedAt: isReplayed
          ? sql`coalesce(${taxIdAdditions.failedAt}, ${now.toISOString()}::timestamptz)`
          : now,
      })
      .where(eq(taxIdAdditions.key, key))
      .returning();
    return failed?.failedAt != null && isLookUpConclusive(failed.failedAt, now);
  }

  /**
   * Requires that Stripe does not work on the failed addition of another tax id any more, as it would stay beside the new one.
   *
   * @param taxId the one that is added; undefined to remove all
   * @throws {Problem} `provider-busy`
   */
  async requireSettled(customer: string, taxId?: TaxId): Promise<void> {
    const failed = await this.database
      .select()
      .from(taxIdAdditions)
      .where(
        and(
          eq(taxIdAdditions.customer, customer),
          isNotNull(taxIdAdditions.failedAt),
          taxId && ne(taxIdAdditions.id, idOf(customer, taxId)),
        ),
      );
    const now = this.clock.now();
    const isUnsettled = failed.some(({ failedAt }) => failedAt && !isLookUpConclusive(failedAt, now));
    if (isUnsettled) throw new Problem('provider-busy', { retryAfterSeconds: SETTLE_MS / 1000 });
  }

  /** Deletes what no request needs any more. */
  async prune(): Promise<void> {
    const oldest = new Date(this.clock.now().getTime() - RETENTION_MS);
    await this.database.delete(taxIdAdditions).where(lt(taxIdAdditions.begunAt, oldest));
  }
}

function idOf(customer: string, { type, value }: TaxId): string {
  return createHash('sha256')
    .update(JSON.stringify([customer, type, value]))
    .digest('hex');
}
