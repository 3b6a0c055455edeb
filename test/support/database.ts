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
