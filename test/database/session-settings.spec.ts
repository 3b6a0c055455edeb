import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.js';
import { createTestDatabase } from '../support/postgres.js';

it.each([
  ['statement_timeout', '10s'],
  ['idle_in_transaction_session_timeout', '30s'],
  ['jit', 'off'],
])('connections have %s = %s', async (name, value) => {
  const testDatabase = await createTestDatabase();
  const database = openDatabase(testDatabase.url, () => undefined);
  try {
    const { rows } = await database.execute<{ value: string }>(sql`select current_setting(${name}) as value`);
    expect(rows).toEqual([{ value }]);
  } finally {
    await database.$client.end();
    await testDatabase.drop();
  }
});
