import type pg from 'pg';
import { SettingsError } from '../config/settings.js';
import { withClient } from './with-client.js';

/**
 * Makes sure that no pooler in transaction mode is between, as locks, notifications and settings of a session would be lost:
 * https://www.pgbouncer.org/features.html
 *
 * @throws {SettingsError} naming DATABASE_DIRECT_URL if there is one
 */
export async function requireSessions(url: string): Promise<void> {
  await withClient(url, (first) =>
    withClient(url, async (second) => {
      const pid = await pidOf(first);
      // Takes the server's connection that the first client has just used, if it is not the first client's own.
      await second.query('begin');
      if ((await pidOf(second)) !== pid && (await pidOf(first)) === pid) return;
      throw new SettingsError(
        'DATABASE_URL leads to a pooler in transaction mode: DATABASE_DIRECT_URL must lead to the same database without it',
      );
    }),
  );
}

async function pidOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
