import { startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import type { Settings } from '../config/settings.js';
import { claimCustomers } from '../database/claim-customers.js';
import { migrateDatabase } from '../database/migrate.js';
import { withSettingError } from './with-setting-error.js';

/** A migrated database. */
export interface BootedDatabase {
  url: string;
  /** Ends this process's use of it. */
  stop(): Promise<void>;
}

/**
 * Migrates the database of `DATABASE_URL`, or starts and migrates an embedded PostgreSQL if none is set.
 *
 * @throws {SettingsError} naming DATA_DIR or DATABASE_URL
 */
export async function bootDatabase(settings: Settings, log: (line: string) => void): Promise<BootedDatabase> {
  const database = settings.DATABASE_URL
    ? { url: settings.DATABASE_URL, stop: async () => undefined }
    : await withSettingError('DATA_DIR', () => startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log }));
  try {
    await withSettingError('DATABASE_URL', () => migrateDatabase(database.url));
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

/**
 * Boots the database as {@link bootDatabase} does, for a process that calls Stripe.
 *
 * @throws {SettingsError} as `bootDatabase`, and naming MODE if the customers came from another mode
 */
export async function bootDatabaseOfMode(
  settings: Settings,
  log: (line: string) => void,
): Promise<BootedDatabase> {
  const database = await bootDatabase(settings, log);
  try {
    await withSettingError('DATABASE_URL', () => claimCustomers(database.url, settings.MODE));
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}
