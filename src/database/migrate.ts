import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { packageRoot } from '../package-root.js';
import { withClient } from './with-client.js';

/** The SQL files that Drizzle applies in order. */
export const MIGRATIONS_FOLDER = join(packageRoot, 'src', 'database', 'migrations');
/** An arbitrary constant: the advisory lock under which one instance migrates while the others wait. */
const MIGRATION_LOCK = 0x70_64_02;

/**
 * Brings the database at `url` to the newest schema; several instances may do so at once.
 * @throws Error when the database can't be reached or a migration fails, which leaves it as it was
 */
export function migrateDatabase(url: string): Promise<void> {
  return withClient(url, async (client) => {
    // The end of the session frees the lock.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS_FOLDER });
  });
}
