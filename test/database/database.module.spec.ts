import { NestFactory } from '@nestjs/core';
import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { type Database, DATABASE } from '../../src/database/database.js';
import { DatabaseModule } from '../../src/database/database.module.js';

it('gives the database to every module and closes it with the application', async () => {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  const app = await NestFactory.createApplicationContext(DatabaseModule.forRoot(url), { logger: false });
  const database = app.get<Database>(DATABASE);

  const { rows } = await database.execute(sql`select count(*)::int as customers from customers`);
  expect(rows).toEqual([{ customers: 0 }]);

  await app.close();
  expect(database.$client.ended).toBe(true);
});
