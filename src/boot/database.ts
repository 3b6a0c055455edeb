import { startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import type { Settings } from '../config/settings.js';
import { claimCustomers } from '../database/claim-customers.js';
import { migrateDatabase } from '../database/migrate.js';
import { requireMigrated } from '../database/require-migrated.js';
import { requireSessions } from '../database/require-sessions.js';
import { withSettingError } from './with-setting-error.js';

/** A migrated database. */
export interface BootedDatabase {
  url: string;
  /** If `url` leads to a pooler, the same database without it. */
  directUrl?: string | undefined;
  /** Ends this process's use of it. */
  stop(): Promise<void>;
}

/**
 * Takes the database of `DATABASE_URL`, or starts an embedded PostgreSQL if none is set.
 *
 * @param prepare migrates the database at a URL, or checks it
 * @throws {SettingsError} naming DATA_DIR, DATABASE_URL or DATABASE_DIRECT_URL, also if it leads to a pooler in transaction
 *   mode, and what `prepare` throws
 */
export async function startDatabase(
  settings: Settings,
  log: (line: string) => void,
  prepare: (url: string) => Promise<void>,
): Promise<BootedDatabase> {
  const database: BootedDatabase = settings.DATABASE_URL
    ? {
        url: settings.DATABASE_URL,
        directUrl: settings.DATABASE_DIRECT_URL,
        stop: async () => undefined,
      }
    : await withSettingError('DATA_DIR', () => startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log }));
  try {
    const variable = database.directUrl ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
    const sessionUrl = database.directUrl ?? database.url;
    await withSettingError(variable, async () => {
      if (settings.DATABASE_URL) await requireSessions(sessionUrl);
      await prepare(sessionUrl);
    });
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

/**
 * Starts the database as {@link startDatabase} does, and migrates it unless `MIGRATE_ON_START` is off.
 *
 * @throws {SettingsError} as `startDatabase`, and naming MIGRATE_ON_START if that is off and a migration is not applied
 */
export function bootDatabase(settings: Settings, log: (line: string) => void): Promise<BootedDatabase> {
  return startDatabase(settings, log, migrationOf(settings));
}

/**
 * Boots the database as {@link bootDatabase} does, for a process that calls Stripe.
 *
 * @throws {SettingsError} as `bootDatabase`, and naming MODE if the customers came from another mode
 */
export function bootDatabaseOfMode(settings: Settings, log: (line: string) => void): Promise<BootedDatabase> {
  const migrate = migrationOf(settings);
  return startDatabase(settings, log, async (url) => {
    await migrate(url);
    await claimCustomers(url, settings.MODE);
  });
}

function migrationOf({ MIGRATE_ON_START }: Settings): (url: string) => Promise<void> {
  return MIGRATE_ON_START === 'true' ? migrateDatabase : requireMigrated;
}
