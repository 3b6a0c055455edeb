import type pg from 'pg';
import type { Mode } from '../config/mode.js';
import { modeOtherThan } from './claim-customers.js';
import { type MigrationState, migrationStateOf } from './migration-state.js';
import { withClient } from './with-client.js';

/** The state of a database, of which nothing is changed. */
export interface DatabaseState extends MigrationState {
  /** The major version of PostgreSQL. */
  majorVersion: number;
  /** Another mode that customers came from. */
  otherMode: string | undefined;
}

/**
 * Reads the state of the database at `url`.
 *
 * @throws {Error} if it can't be reached
 */
export function inspectDatabase(url: string, mode: Mode): Promise<DatabaseState> {
  return withClient(url, async (client) => {
    const majorVersion = await majorVersionOf(client);
    const migrations = await migrationStateOf(client);
    // Without this version's migrations there is no column to read.
    const otherMode = migrations.pending > 0 ? undefined : await modeOtherThan(client, mode);
    return { majorVersion, ...migrations, otherMode };
  });
}

async function majorVersionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
}
