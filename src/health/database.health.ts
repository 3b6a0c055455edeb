import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { sql } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';

/** Checks that PostgreSQL can be written to, which a standby can not. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  async check() {
    const indicator = this.indicators.check('database');
    try {
      const { rows } = await this.database.execute<{ isReadOnly: boolean }>(
        sql`select current_setting('transaction_read_only')::boolean as "isReadOnly"`,
      );
      return rows[0]?.isReadOnly === false ? indicator.up() : indicator.down();
    } catch {
      return indicator.down();
    }
  }
}
