import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import type { Mode } from '../config/mode.js';
import { modeOtherThan } from './claim-customers.js';
import { MIGRATIONS_FOLDER } from './migrate.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** The state of a database, of which nothing is changed. */
export interface DatabaseState {
  /** The major version of PostgreSQL. */
  majorVersion: number;
  /** Migrations of this version that are not applied. */
  pending: number;
  /** Whether a newer version of the service has migrated it. */
  isNewer: boolean;
  /** Another mode that customers came from. */
  otherMode: string | undefined;
}

/**
 * Reads the state of the database at `url`.
 *
 * @throws {Error} if it can't be reached
 */
export async function inspectDatabase(url: string, mode: Mode): Promise<DatabaseState> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const majorVersion = await majorVersionOf(client);
    const newestMs = await newestMigrationMs(client);
    const known = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).map(
      (file) => file.folderMillis,
    );
    const pending = known.filter((millis) => millis > newestMs).length;
    const isNewer = newestMs > Math.max(...known);
    // Without this version's migrations there is no column to read.
    const otherMode = pending > 0 ? undefined : await modeOtherThan(client, mode);
    return { majorVersion, pending, isNewer, otherMode };
  } finally {
    await client.end();
  }
}

async function majorVersionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
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
