import pg from 'pg';
import type { Paydesk } from './paydesk.js';

/** Runs a statement on the database of a running service. */
export async function query<Row extends pg.QueryResultRow>(
  { databaseUrl }: Pick<Paydesk, 'databaseUrl'>,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<Row>(statement, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}

/** How many sessions of the database of a running service wait for a lock. */
export async function waitingForLocks(paydesk: Pick<Paydesk, 'databaseUrl'>): Promise<number> {
  const waiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  return (await query(paydesk, waiting)).length;
}

/** Does something while another transaction holds a lock. */
export async function withLock(
  { databaseUrl }: Pick<Paydesk, 'databaseUrl'>,
  lock: string,
  act: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(lock);
    await act();
  } finally {
    await client.end();
  }
}
