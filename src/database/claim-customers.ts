import type pg from 'pg';
import type { Mode } from '../config/mode.js';
import { SettingsError } from '../config/settings.js';
import { withClient } from './with-client.js';

/**
 * Makes sure that the customers of a migrated database belong to one mode: with those of another, every request would
 * name objects that Stripe does not know to this key. Customers of earlier versions, which stored no mode, are counted
 * to this one.
 *
 * @throws {SettingsError} naming MODE if a customer came from another mode
 */
export function claimCustomers(url: string, mode: Mode): Promise<void> {
  return withClient(url, async (client) => {
    const other = await modeOtherThan(client, mode);
    if (other) {
      throw new SettingsError(
        `MODE is ${mode}, but the customers in this database came from ${other} mode: ` +
          `use another DATABASE_URL, or another DATA_DIR for an embedded database`,
      );
    }
    await client.query('update customers set mode = $1 where mode is null', [mode]);
  });
}

/** A mode that some customer came from, other than this one. */
export async function modeOtherThan(client: pg.Client, mode: Mode): Promise<string | undefined> {
  const { rows } = await client.query<{ mode: string }>(
    'select mode from customers where mode <> $1 limit 1',
    [mode],
  );
  return rows[0]?.mode;
}
