import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { waitingForLocks } from '../support/database.js';
import { createDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import { packageRoot } from '../../src/package-root.js';
import { type Database, openDatabase } from '../../src/database/database.js';
import { migrateDatabase } from '../../src/database/migrate.js';

/** The part of Drizzle's list of migrations that is used here. */
interface Journal {
  entries: { tag: string }[];
}

const FOLDER = join(packageRoot, 'src', 'database', 'migrations');

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

  it('does not make others wait while it waits for a table that is read for long', async () => {
    const journal = JSON.parse(await readFile(join(FOLDER, 'meta', '_journal.json'), 'utf8')) as Journal;
    const texts = journal.entries.map(({ tag }) => readFile(join(FOLDER, `${tag}.sql`), 'utf8'));
    const last = (await Promise.all(texts)).findLastIndex((text) => /^ALTER TABLE "payments"/m.test(text));
    const before = await mkdtemp(join(tmpdir(), 'paydesk-migrations-'));
    onTestFinished(() => rm(before, { recursive: true }));
    await cp(FOLDER, before, { recursive: true });
    const entries = journal.entries.slice(0, last);
    await writeFile(join(before, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
    await migrate(database, { migrationsFolder: before });

    const reader = await database.$client.connect();
    await reader.query('begin; select 1 from payments');
    const migrated = migrateDatabase(url);
    await expect.poll(() => waitingForLocks({ databaseUrl: url })).toBe(1);
    await database.execute(sql`select 1 from payments`);
    await reader.query('commit');
    reader.release();
    await migrated;

    const { rows } = await database.execute(sql`select hash from drizzle.__drizzle_migrations`);
    expect(rows).toHaveLength(journal.entries.length);
  });

  it('gives the API keys of before they had scopes every scope of that time but keys:admin', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).toSorted();
    const scoped = files.findIndex((name) => name.endsWith('_api_key_scopes.sql'));
    const apply = async (name: string) => database.execute(await readFile(join(FOLDER, name), 'utf8'));
    for (const name of files.slice(0, scoped)) await apply(name);
    await database.execute(
      sql`insert into api_keys (id, kind, name, key_sha256, created_at)
        values (gen_random_uuid(), 'service', 'shop', 'hash', now())`,
    );
    await apply(files[scoped] ?? '');

    const { rows } = await database.execute(sql`select scopes from api_keys`);
    const ofThatTime = DEFAULT_SCOPES.filter((scope) => !scope.startsWith('disputes:'));
    expect(rows).toEqual([{ scopes: ofThatTime }]);
    expect(ofThatTime).not.toContain('keys:admin');
  });

  it('fails when the database does not exist', async () => {
    await expect(migrateDatabase(databaseUrl(url, 'missing'))).rejects.toMatchObject({ code: '3D000' });
  });
});

async function countMigrations(): Promise<number> {
  const journal = join(FOLDER, 'meta', '_journal.json');
  const { entries } = JSON.parse(await readFile(journal, 'utf8')) as { entries: unknown[] };
  return entries.length;
}
