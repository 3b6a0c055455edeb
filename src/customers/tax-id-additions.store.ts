import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNotNull, lt, ne, sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { CALL_DEADLINE_MS } from '#stripe/stripe.provider.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { taxIdAdditions } from '../database/schema-tax-ids.js';
import { isLookUpConclusive, maySendAgain } from '../operations/retry-policy.js';
import { SharedClock } from '../operations/shared-clock.store.js';
import type { TaxId } from './customer.js';

/**
 * The idempotency keys under which tax ids are added to customers, so that requests that add the same one add it once, and
 * whether Stripe may still add one.
 */
@Injectable()
export class TaxIdAdditionsStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
    private readonly sharedClock: SharedClock,
  ) {}

  /**
   * The key under which a tax id is to be added to a customer now, the same until it is {@link renew}ed. It counts as sent
   * before it is, because the process may be killed meanwhile.
   *
   * @throws {Problem} `provider-busy` as {@link requireSettled} does
   */
  async begin(customer: string, taxId: TaxId): Promise<string> {
    const id = idOf(customer, taxId);
    const begun = await this.database.transaction(async (transaction) => {
      // Of two requests that begin at once, the second one sees the first.
      await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended(${customer}, 0))`);
      await this.requireSettled(customer, taxId, transaction);
      const now = await this.sharedClock.now(transaction);
      const [row] = await transaction
        .insert(taxIdAdditions)
        .values({ id, customer, key: randomUUID(), begunAt: now, sentAt: now })
        .onConflictDoUpdate({ target: taxIdAdditions.id, set: { sentAt: now } })
        .returning();
      return row!;
    });
    if (maySendAgain(begun.begunAt, this.clock.now())) return begun.key;
    await this.renew(begun.key);
    return this.begin(customer, taxId);
  }

  /** Puts a new key in the place of one whose answer from Stripe tells nothing about the customer any more. */
  async renew(key: string): Promise<void> {
    await this.database
      .update(taxIdAdditions)
      .set({ key: randomUUID(), begunAt: this.clock.now(), sentAt: null, replayedAt: null })
      .where(eq(taxIdAdditions.key, key));
  }

  /** Remembers that a tax id was added. Stripe adds it only once under its key. */
  async end(customer: string, taxId: TaxId): Promise<void> {
    await this.database
      .update(taxIdAdditions)
      .set({ sentAt: null })
      .where(eq(taxIdAdditions.id, idOf(customer, taxId)));
  }

  /**
   * Remembers that Stripe repeats a failure under a key, under which it begins nothing any more.
   *
   * @returns whether it has done so for so long that it does not work on the failed request any more
   */
  async noteReplay(key: string): Promise<boolean> {
    const now = await this.sharedClock.now();
    const [failed] = await this.database
      .update(taxIdAdditions)
      .set({ replayedAt: sql`coalesce(${taxIdAdditions.replayedAt}, ${now.toISOString()}::timestamptz)` })
      .where(eq(taxIdAdditions.key, key))
      .returning();
    return failed !== undefined && isSettled(failed, now);
  }

  /**
   * Requires that Stripe does not add another tax id any more, as it would stay beside the new one.
   *
   * @param taxId the one that is added; undefined to remove all
   * @throws {Problem} `provider-busy` while another request adds one, and while it is not known whether one was added
   */
  async requireSettled(
    customer: string,
    taxId?: TaxId,
    database: Database | Transaction = this.database,
  ): Promise<void> {
    const sent = await database
      .select()
      .from(taxIdAdditions)
      .where(
        and(
          eq(taxIdAdditions.customer, customer),
          isNotNull(taxIdAdditions.sentAt),
          taxId && ne(taxIdAdditions.id, idOf(customer, taxId)),
        ),
      );
    const now = await this.sharedClock.now(database);
    if (!sent.every((addition) => isSettled(addition, now))) throw new Problem('provider-busy');
  }

  /** Deletes keys from before a time. */
  async prune(before: Date): Promise<void> {
    await this.database.delete(taxIdAdditions).where(lt(taxIdAdditions.begunAt, before));
  }
}

/** Whether Stripe does not work on the request any more that adds a tax id. */
function isSettled({ sentAt, replayedAt }: typeof taxIdAdditions.$inferSelect, now: Date): boolean {
  const sinceMs = (at: Date) => now.getTime() - at.getTime();
  if (replayedAt) return isLookUpConclusive(sinceMs(replayedAt));
  return sentAt === null || isLookUpConclusive(sinceMs(sentAt) - CALL_DEADLINE_MS);
}

function idOf(customer: string, { type, value }: TaxId): string {
  return createHash('sha256')
    .update(JSON.stringify([customer, type, value]))
    .digest('hex');
}
