import { Inject, Injectable } from '@nestjs/common';
import { and, eq, lt, sql } from 'drizzle-orm';
import { calendarDayAt, endOfDay, formatIsoDay } from '#core/calendar-day.js';
import { Clock } from '#core/clock.js';
import type { CallerGuardrails } from '#core/guardrails.js';
import { Problem } from '#core/problem.js';
import { Settings } from '../config/settings.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';
import { guardrailCounters } from '../database/schema.js';
import { type CountedAmount, type MovedAmount, requireWithin } from './guardrail-rules.js';

/** How much of each limit of the day is used, by key and currency. */
@Injectable()
export class GuardrailCounters {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * Checks an amount against a caller's guardrails.
   *
   * @returns what {@link add} has to count, if there is a limit of the day for it
   * @throws {Problem} `limit-exceeded`
   */
  check(guardrails: CallerGuardrails, moved: MovedAmount): CountedAmount | undefined {
    const amount = requireWithin(guardrails, moved);
    const today = calendarDayAt(this.clock.now(), this.settings.BUSINESS_TIMEZONE);
    return amount && { ...amount, keyId: guardrails.counterKeyId, day: formatIsoDay(today) };
  }

  /**
   * Counts an amount. The row stays locked until the transaction ends, so that concurrent ones can't pass together.
   *
   * @throws {Problem} `limit-exceeded` if the sum of the day would exceed the limit
   */
  async add(transaction: Transaction, { limit, limitMinor, ...counted }: CountedAmount): Promise<void> {
    const sum = sql`${guardrailCounters.amountMinor} + ${counted.amountMinor}`;
    const { rowCount } = await transaction
      .insert(guardrailCounters)
      .values({ ...counted, limitName: limit })
      .onConflictDoUpdate({
        target: [
          guardrailCounters.keyId,
          guardrailCounters.day,
          guardrailCounters.limitName,
          guardrailCounters.currency,
        ],
        set: { amountMinor: sum },
        setWhere: sql`${sum} <= ${limitMinor}`,
      });
    if (rowCount === 0) throw new Problem('limit-exceeded', { limit, ...this.nextDay() });
  }

  /** Checks an amount as {@link add} does, without counting it. @throws {Problem} `limit-exceeded` */
  async assertRoom({ keyId, day, limit, currency, amountMinor, limitMinor }: CountedAmount): Promise<void> {
    const [row] = await this.database
      .select({ amountMinor: guardrailCounters.amountMinor })
      .from(guardrailCounters)
      .where(
        and(
          eq(guardrailCounters.keyId, keyId),
          eq(guardrailCounters.day, day),
          eq(guardrailCounters.limitName, limit),
          eq(guardrailCounters.currency, currency),
        ),
      );
    if ((row?.amountMinor ?? 0) + amountMinor > limitMinor) {
      throw new Problem('limit-exceeded', { limit, ...this.nextDay() });
    }
  }

  /** Gives an amount back that moved no money. */
  async giveBack(transaction: Transaction, counted: CountedAmount): Promise<void> {
    await transaction
      .update(guardrailCounters)
      .set({ amountMinor: sql`${guardrailCounters.amountMinor} - ${counted.amountMinor}` })
      .where(
        and(
          eq(guardrailCounters.keyId, counted.keyId),
          eq(guardrailCounters.day, counted.day),
          eq(guardrailCounters.limitName, counted.limit),
          eq(guardrailCounters.currency, counted.currency),
        ),
      );
  }

  /** Deletes the sums of days before an instant. */
  async prune(before: Date): Promise<void> {
    const day = formatIsoDay(calendarDayAt(before, this.settings.BUSINESS_TIMEZONE));
    await this.database.delete(guardrailCounters).where(lt(guardrailCounters.day, day));
  }

  /** When the sums start again at 0. */
  private nextDay(): { freeAt: Date; retryAfterSeconds: number } {
    const now = this.clock.now();
    const { BUSINESS_TIMEZONE: timeZone } = this.settings;
    const freeAt = new Date(endOfDay(calendarDayAt(now, timeZone), timeZone).getTime() + 1_000);
    return { freeAt, retryAfterSeconds: Math.ceil((freeAt.getTime() - now.getTime()) / 1_000) };
  }
}
