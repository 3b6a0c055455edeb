import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { SystemClock } from '#core/clock.js';
import { openDatabase } from '../../src/database/database.js';
import { DeliveriesStore } from '../../src/notifications/deliveries.store.js';
import { createTestDatabase } from '../support/postgres.js';

const PLACED = 3_000;
const NEW = 100;

it('reads nothing again that was placed before, also in a new database', async () => {
  const testDatabase = await createTestDatabase();
  const database = openDatabase(testDatabase.url, () => undefined);
  const store = new DeliveriesStore(database, new SystemClock());
  // While PostgreSQL analyzes the table, entries of what was placed since can't be removed.
  await database.execute(sql`alter table notifications set (autovacuum_enabled = false)`);
  const add = (count: number) =>
    database.execute(sql`
      insert into notifications (id, type, subject, sequence, at, data, created_at)
      select gen_random_uuid(), 'payment.succeeded', gen_random_uuid()::text, 1, now(), jsonb_build_object('text', repeat('x', 1000)), now()
      from generate_series(1, ${count}::int)`);
  /** Entries of the index that were read so far. All statements here use the same connection. */
  const entriesRead = async () => {
    await database.execute(sql`select pg_stat_force_next_flush()`);
    const { rows } = await database.execute<{ count: number }>(sql`
      select idx_tup_read::int as count from pg_stat_user_indexes where indexrelname = 'notifications_unplaced'`);
    return rows[0]!.count;
  };
  try {
    await add(PLACED);
    await store.place();
    await add(NEW);
    await store.place();
    const before = await entriesRead();
    await add(NEW);
    await store.place();
    const read = (await entriesRead()) - before;
    expect(read).toBeGreaterThanOrEqual(NEW);
    expect(read).toBeLessThan(PLACED);
  } finally {
    await database.$client.end();
    await testDatabase.drop();
  }
});
