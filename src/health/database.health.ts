import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { sql } from 'drizzle-orm';
import { type Database, DATABASE } from '../database/database.js';

/** Checks that PostgreSQL answers. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  async check() {
    const indicator = this.indicators.check('database');
    try {
      await this.database.execute(sql`select 1`);
      return indicator.up();
    } catch {
      return indicator.down();
    }
  }
}
