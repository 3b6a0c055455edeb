import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { packageRoot } from '../package-root.js';

/** The SQL files that Drizzle applies in order. */
export const MIGRATIONS_FOLDER = join(packageRoot, 'src', 'database', 'migrations');
const CONNECT_TIMEOUT_MS = 10_000;
/** An arbitrary constant: the advisory lock under which one instance migrates while the others wait. */
const MIGRATION_LOCK = 0x70_64_02;

/**
 * Brings the database at `url` to the newest schema; several instances may do so at once.
 * @throws Error when the database can't be reached or a migration fails, which leaves it as it was
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A lost connection also fails the running query. Without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    // Ending the session frees the lock.
    await client.end();
  }
}
