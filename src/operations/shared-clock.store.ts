import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE, type Transaction } from '../database/database.js';

/**
 * The time of PostgreSQL, for times that are compared to the second with what another instance has stored: the clocks of machines may
 * differ.
 */
@Injectable()
export class SharedClock {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param database the transaction that is open, as another connection may not be free */
  async now(database: Database | Transaction = this.database): Promise<Date> {
    if (!this.clock.isLocal) return this.clock.now();
    // Not now(), which is the start of the transaction.
    const { rows } = await database.execute<{ nowMs: number }>(
      sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`,
    );
    return new Date(rows[0]!.nowMs);
  }
}
