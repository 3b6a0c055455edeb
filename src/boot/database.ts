import type { Settings } from '../config/settings.js';
import { blaming } from './with-setting-error.js';
import { startEmbeddedPostgres } from '#embedded-postgres/embedded-postgres.js';
import { migrateDatabase } from '../database/migrate.js';

/** A migrated database, and how this process stops using it. */
export interface BootedDatabase {
  url: string;
  stop(): Promise<void>;
}

/** Uses the database of the settings, or runs an embedded PostgreSQL where they name none. */
export async function bootDatabase(settings: Settings, log: (line: string) => void): Promise<BootedDatabase> {
  const database = settings.DATABASE_URL
    ? { url: settings.DATABASE_URL, stop: async () => undefined }
    : await blaming('DATA_DIR', () => startEmbeddedPostgres({ dataDir: settings.DATA_DIR, log }));
  try {
    await blaming('DATABASE_URL', () => migrateDatabase(database.url));
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}
