import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, lt, lte, sql } from 'drizzle-orm';
import type { Owner } from '#core/actor.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { brakeCounts, brakeDeclines, brakePartners } from '../database/schema.js';
import { type OwnerCondition, renumbered } from '../database/owner-condition.js';
import type { CardTestingRates, OwnerHistory } from './card-testing.js';

type CountKind = (typeof brakeCounts.$inferSelect)['kind'];

const declinesOf = (tenant: string, userId: string) => `(
    select count(*) from brake_declines as declined
    where declined.tenant = ${tenant} and declined.user_id = ${userId} and declined_at > $5)`;

/**
 * Counts attempts of the owners in `input`. The conflict locks the owner's row and reads its newest version, so that
 * parallel attempts are counted one after the other; rows are locked in one order. An attempt that has not ended counts
 * like a decline, because it may become one; an operation that this statement can't see yet has not ended.
 *
 * $1 now, $2 now and $3 start of the attempts' window in milliseconds, $4 attempts allowed, $5 start of the declines'
 * window, $6 declines allowed
 */
const takeAttempts = (condition: string) => `
  insert into brake_counts as counted (tenant, user_id, kind, entries, updated_at)
  select tenant, user_id, 'attempts', jsonb_build_object(id::text, $2::bigint), $1::timestamptz
  from input
  where ${declinesOf('input.tenant', 'input.user_id')} < $6::bigint
    and not exists (select from brake_partners as partner where partner.tenant = input.tenant and blocked_until > $1)
    ${condition}
  order by tenant, user_id
  on conflict (tenant, user_id, kind) do update set
    entries = excluded.entries || coalesce(
      (select jsonb_object_agg(key, value) from jsonb_each(counted.entries) where value::bigint > $3), '{}'),
    updated_at = excluded.updated_at
  where counted.entries ?| array(select jsonb_object_keys(excluded.entries)) or (
    select count(*) < $4::bigint and $6::bigint > ${declinesOf('excluded.tenant', 'excluded.user_id')} + count(*) filter (
      where not exists (select from operations where id = key::uuid and state <> 'running'))
    from jsonb_each(counted.entries) where value::bigint > $3
  )
  returning tenant, user_id`;

/** $1 tenant, $2 user, $3 operation, then those of `takeAttempts` */
const TAKE_ATTEMPT = `
  with input as (select $1::text as tenant, $2::text as user_id, $3::uuid as id)
  ${renumbered(takeAttempts(''), 4)}`;
/**
 * For operations that do not exist yet: an attempt of one that exists was counted before. As a subquery in a comparison, each
 * is looked up by its key. With `not exists`, a new database is planned to read the whole table.
 */
const TAKE_NEW_ATTEMPTS = takeAttempts(
  'and (select id from operations where operations.id = input.id) is null',
);

/** $1 tenant, $2 user, $3 operation, $4 now and $5 start of the window in milliseconds, $6 now, $7 allowed */
const TAKE_SETUP_INTENT = `
  insert into brake_counts as counted (tenant, user_id, kind, entries, updated_at)
  values ($1, $2, 'setup-intents', jsonb_build_object($3::text, $4::bigint), $6)
  on conflict (tenant, user_id, kind) do update set
    entries = excluded.entries || coalesce(
      (select jsonb_object_agg(key, value) from jsonb_each(counted.entries) where value::bigint > $5), '{}'),
    updated_at = excluded.updated_at
  where counted.entries ? $3
    or (select count(*) < $7::bigint from jsonb_each(counted.entries) where value::bigint > $5)`;

/** The counts of the brake against card testing. */
@Injectable()
export class CardTestingStore {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Counts an attempt, unless it has been counted already; false if a limit is reached. */
  takeAttempt(owner: Owner, operationId: string, rates: CardTestingRates, now: Date): Promise<boolean> {
    return this.take('brake-take-attempt', TAKE_ATTEMPT, [
      owner.tenant,
      owner.userId,
      operationId,
      ...limitsOfAttempts(rates, now),
    ]);
  }

  /** Counts attempts together with the insertion of their operations, which depends on it. */
  newAttempts(rates: CardTestingRates, now: () => Date): OwnerCondition {
    return {
      name: 'brake-new-attempts',
      text: (first) => renumbered(TAKE_NEW_ATTEMPTS, first),
      values: () => limitsOfAttempts(rates, now()),
    };
  }

  /** Counts a SetupIntent, unless it has been counted already; false if the limit is reached. */
  takeSetupIntent(owner: Owner, operationId: string, rates: CardTestingRates, now: Date): Promise<boolean> {
    const { count, windowMs } = rates['setup-intents'];
    return this.take('brake-take-setup-intent', TAKE_SETUP_INTENT, [
      ...takenBy(owner, operationId, windowMs, now),
      count,
    ]);
  }

  /** What counts against an owner now. */
  async history(owner: Owner, kind: CountKind, rates: CardTestingRates, now: Date): Promise<OwnerHistory> {
    const isOwners = (table: typeof brakeCounts | typeof brakeDeclines) =>
      and(eq(table.tenant, owner.tenant), eq(table.userId, owner.userId));
    const [counted, declined, partners] = await Promise.all([
      this.database
        .select()
        .from(brakeCounts)
        .where(and(isOwners(brakeCounts), eq(brakeCounts.kind, kind))),
      this.database
        .select()
        .from(brakeDeclines)
        .where(
          and(isOwners(brakeDeclines), gt(brakeDeclines.declinedAt, before(now, rates.declines.windowMs))),
        ),
      this.database.select().from(brakePartners).where(eq(brakePartners.tenant, owner.tenant)),
    ]);
    const startMs = now.getTime() - rates[kind].windowMs;
    const takenMs = Object.values(counted[0]?.entries ?? {}).filter((timeMs) => timeMs > startMs);
    return {
      takenAt: takenMs.map((timeMs) => new Date(timeMs)),
      declinedAt: declined.map(({ declinedAt }) => declinedAt),
      partnerBlockedUntil: partners[0]?.blockedUntil ?? null,
    };
  }

  /**
   * Counts a decline, and blocks the partner if more than half of its attempts were declined, of at least as many as
   * the rate says.
   *
   * @returns whether the partner is blocked from now on and was not before
   */
  async saveDecline(
    transaction: Transaction,
    owner: Owner,
    operationId: string,
    { partner }: CardTestingRates,
    now: Date,
  ): Promise<boolean> {
    const { tenant } = owner;
    // Locks the row until the transaction ends, so that each of parallel declines counts those before it.
    await transaction
      .insert(brakePartners)
      .values({ tenant })
      .onConflictDoUpdate({ target: brakePartners.tenant, set: { tenant } });
    await transaction
      .insert(brakeDeclines)
      .values({ ...owner, operationId, declinedAt: now })
      .onConflictDoNothing();
    const since = before(now, partner.windowMs);
    const declined = sql`(select count(*) from ${brakeDeclines} where ${and(eq(brakeDeclines.tenant, tenant), gt(brakeDeclines.declinedAt, since))})`;
    // The charges are counted no further than needed for the comparison.
    const attempted = sql`(select count(*) from (
      select from operations where kind = 'charge' and caller = ${tenant} and created_at > ${since.toISOString()}
      limit greatest(2 * ${declined}, ${partner.count}::bigint)) as charges)`;
    const { rowCount } = await transaction
      .update(brakePartners)
      .set({ blockedUntil: new Date(now.getTime() + partner.windowMs) })
      .where(
        and(
          eq(brakePartners.tenant, tenant),
          sql`(${brakePartners.blockedUntil} is null or ${lte(brakePartners.blockedUntil, now)})`,
          sql`${attempted} between ${partner.count}::bigint and 2 * ${declined} - 1`,
        ),
      );
    return rowCount === 1;
  }

  /** Deletes counts that were last changed before an instant. */
  async prune(oldest: Date): Promise<void> {
    await this.database.delete(brakeCounts).where(lt(brakeCounts.updatedAt, oldest));
    await this.database.delete(brakeDeclines).where(lt(brakeDeclines.declinedAt, oldest));
  }

  private async take(name: string, text: string, values: unknown[]): Promise<boolean> {
    const { rowCount } = await this.database.$client.query({ name, text, values });
    return rowCount === 1;
  }
}

function limitsOfAttempts({ attempts, declines }: CardTestingRates, now: Date): unknown[] {
  return [
    now,
    now.getTime(),
    now.getTime() - attempts.windowMs,
    attempts.count,
    before(now, declines.windowMs),
    declines.count,
  ];
}

function takenBy({ tenant, userId }: Owner, operationId: string, windowMs: number, now: Date): unknown[] {
  return [tenant, userId, operationId, now.getTime(), now.getTime() - windowMs, now];
}

function before(now: Date, windowMs: number): Date {
  return new Date(now.getTime() - windowMs);
}
