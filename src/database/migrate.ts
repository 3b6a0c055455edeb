import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { packageRoot } from '../package-root.js';
import { hasSqlState } from './sql-state.js';
import { withClient } from './with-client.js';

/** The SQL files that Drizzle applies in order. */
export const MIGRATIONS_FOLDER = join(packageRoot, 'src', 'database', 'migrations');
/** An arbitrary constant: the advisory lock under which one instance migrates while the others wait. */
const MIGRATION_LOCK = 0x70_64_02;
/** A lock is not available, or the migration was chosen in a deadlock: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const MAY_PASS = /^(55P03|40P01)$/;
const ATTEMPTS_MAX = 40;
const PAUSE_MS = 1_000;

/**
 * Brings the database at `url` to the newest schema; several instances may do so at once. While a migration waits for a
 * table that somebody reads for long, all others wait behind it, so it gives up after two seconds and tries again.
 *
 * @throws Error when the database can't be reached or a migration fails, which leaves it as it was
 */
export function migrateDatabase(url: string): Promise<void> {
  return withClient(url, async (client) => {
    // The end of the session frees the lock.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query("set lock_timeout = '2s'");
    const run = () => migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS_FOLDER });
    for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        if (!hasSqlState(error, MAY_PASS)) throw error;
        await setTimeout(PAUSE_MS);
      }
    }
    return run();
  });
}
