import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { openDatabase } from '../../src/database/database.js';
import { isDatabaseUnavailable } from '../../src/database/database-unavailable.js';

it('survives a connection that breaks between two statements of a transaction', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(url, () => undefined);
  onTestFinished(async () => {
    await database.$client.end();
    await drop();
  });
  const connected = new Promise<pg.PoolClient>((resolve) => database.$client.once('connect', resolve));

  const transaction = database.transaction(async (inside) => {
    const { rows } = await inside.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    const broken = connected.then((client) => new Promise<void>((resolve) => client.once('end', resolve)));
    await database.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    await broken;
    await inside.execute(sql`select 1`);
  });
  expect(await transaction.catch(isDatabaseUnavailable)).toBe(true);
  expect((await database.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

it.each([
  ['accepts no connections', (name: string) => `alter database ${name} with allow_connections false`],
  ['is half dropped', (name: string) => `update pg_database set datconnlimit = -2 where datname = '${name}'`],
  [
    'is read only, as a standby is',
    (name: string) => `alter database ${name} set default_transaction_read_only = on`,
  ],
])('is unavailable while it %s', async (_state, change) => {
  const { url, drop } = await createTestDatabase();
  const other = openDatabase(inject('postgresUrl'), () => undefined);
  await other.execute(sql.raw(change(new URL(url).pathname.slice(1))));
  const database = openDatabase(url, () => undefined);
  onTestFinished(async () => {
    await database.$client.end();
    await other.$client.end();
    await drop();
  });
  await expect(database.execute(sql`create table anything ()`).catch(isDatabaseUnavailable)).resolves.toBe(
    true,
  );
});

// https://www.postgresql.org/docs/18/errcodes-appendix.html: 55000, as if the database accepted no connections.
it('is available although a statement does not fit the state of an object', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(url, () => undefined);
  onTestFinished(async () => {
    await database.$client.end();
    await drop();
  });
  await database.execute(sql`create sequence numbers`);
  const failed = await database.execute(sql`select currval('numbers')`).catch((error: unknown) => error);
  expect(failed).toMatchObject({ cause: { code: '55000' } });
  expect(isDatabaseUnavailable(failed)).toBe(false);
});
