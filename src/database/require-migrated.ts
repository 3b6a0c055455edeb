import { SettingsError } from '../config/settings.js';
import { migrationStateOf } from './migration-state.js';
import { withClient } from './with-client.js';

/**
 * Makes sure that the database at `url` has the schema of this version, or that of a newer one.
 *
 * @throws {SettingsError} naming MIGRATE_ON_START if it has not
 */
export async function requireMigrated(url: string): Promise<void> {
  const { pending } = await withClient(url, migrationStateOf);
  if (pending === 0) return;
  const migrations = pending === 1 ? 'one migration is' : `${pending} migrations are`;
  throw new SettingsError(
    `MIGRATE_ON_START is false, and ${migrations} not applied: run \`npm run migrate\` first`,
  );
}
