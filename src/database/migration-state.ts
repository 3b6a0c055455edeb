import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { MIGRATIONS_FOLDER } from './migrate.js';

/** How the schema of a database compares with this version's migrations. */
export interface MigrationState {
  /** Migrations of this version that are not applied. */
  pending: number;
  /** Whether a newer version of the service has migrated it. */
  isNewer: boolean;
}

/** Reads the state of a database, of which nothing is changed. */
export async function migrationStateOf(client: pg.Client): Promise<MigrationState> {
  const newestMs = await newestMigrationMs(client);
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).map((file) => file.folderMillis);
  return {
    pending: known.filter((millis) => millis > newestMs).length,
    isNewer: newestMs > Math.max(...known),
  };
}

/** Drizzle identifies the newest migration by its time, and stores it in this table. 0 without any. */
async function newestMigrationMs(client: pg.Client): Promise<number> {
  const table = await client.query<{ name: string | null }>(
    "select to_regclass('drizzle.__drizzle_migrations') as name",
  );
  if (!table.rows[0]?.name) return 0;
  const newest = await client.query<{ millis: string | null }>(
    'select max(created_at) as millis from drizzle.__drizzle_migrations',
  );
  return Number(newest.rows[0]?.millis ?? 0);
}
