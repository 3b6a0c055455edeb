import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import { packageRoot } from '../../src/package-root.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';

describe('migrateDatabase', () => {
  let url: string;
  let database: Database;

  beforeEach(async () => {
    const server = inject('postgresUrl');
    const name = `empty_${randomUUID().replaceAll('-', '')}`;
    await createDatabase(server, name, 'template1');
    url = databaseUrl(server, name);
    database = openDatabase(url, () => undefined);
    onTestFinished(async () => {
      await database.$client.end();
      await dropDatabase(server, name);
    });
  });

  it('applies each migration once when several instances boot at the same moment', async () => {
    await Promise.all([migrateDatabase(url), migrateDatabase(url), migrateDatabase(url)]);

    const { rows } = await database.execute(sql`select hash from drizzle.__drizzle_migrations`);
    expect(rows).toHaveLength(await countMigrations());
  });

  it('keeps the data of an up-to-date database', async () => {
    await migrateDatabase(url);
    await database.execute(
      sql`insert into customers (tenant, user_id, stripe_customer_id, created_at) values ('t', 'u', 'cus_1', now())`,
    );
    await migrateDatabase(url);

    const { rows } = await database.execute(sql`select stripe_customer_id from customers`);
    expect(rows).toEqual([{ stripe_customer_id: 'cus_1' }]);
  });

  it('fails when the database does not exist', async () => {
    await expect(migrateDatabase(databaseUrl(url, 'missing'))).rejects.toMatchObject({ code: '3D000' });
  });
});

async function countMigrations(): Promise<number> {
  const journal = join(packageRoot, 'src', 'database', 'migrations', 'meta', '_journal.json');
  const { entries } = JSON.parse(await readFile(journal, 'utf8')) as { entries: unknown[] };
  return entries.length;
}
