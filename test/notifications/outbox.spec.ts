import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/database.js';
import type { NotificationFact } from '../../src/notifications/notification.js';
import { Outbox } from '../../src/notifications/outbox.store.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
import { ManualClock } from '../support/manual-clock.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

const outbox = new Outbox(new ManualClock(), NO_TRACING);
let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.url, () => undefined);
});
afterAll(async () => {
  await database.$client.end();
  await testDatabase.drop();
});

describe('the outbox', () => {
  it('numbers the notifications of a subject from 1, in the order of the facts', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const ids = await add([one, other, one]);
    await add([one]);
    expect(await sequencesOf(one)).toEqual([1, 2, 3]);
    expect(await sequencesOf(other)).toEqual([1]);
    const { rows } = await database.$client.query(
      'select id from notifications where subject = $1 order by 1',
      [other],
    );
    expect(rows).toEqual([{ id: ids[1] }]);
  });

  it('adds nothing, and uses no number, in a transaction that is rolled back', async () => {
    const subject = randomUUID();
    await add([subject]);
    await expect(
      database.transaction(async (transaction) => {
        await outbox.add(transaction, [factOf(subject)]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await add([subject]);
    expect(await sequencesOf(subject)).toEqual([1, 2]);
  });

  it('leaves no gaps and no doubles with concurrent transactions on the same subjects', async () => {
    const subject = fc.constantFrom('a', 'b', 'c');
    const transactions = fc.array(fc.array(subject, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(transactions, async (all) => {
        const run = randomUUID();
        await Promise.all(all.map((subjects) => add(subjects.map((name) => `${name} ${run}`))));
        for (const name of ['a', 'b', 'c']) {
          const count = all.flat().filter((each) => each === name).length;
          expect(await sequencesOf(`${name} ${run}`)).toEqual(
            Array.from({ length: count }, (_, index) => index + 1),
          );
        }
      }),
      { numRuns: 15 },
    );
  });
});

function add(subjects: string[]): Promise<string[]> {
  return database.transaction((transaction) => outbox.add(transaction, subjects.map(factOf)));
}

function factOf(subject: string): NotificationFact {
  const owner = { tenant: null, userId: null, caller: 'service:shop', paymentId: null };
  return { type: 'payment.succeeded', subject, at: new Date(), data: { subject }, ...owner };
}

/** In the order of insertion. */
async function sequencesOf(subject: string): Promise<number[]> {
  const { rows } = await database.$client.query<{ sequence: number }>(
    'select sequence from notifications where subject = $1 order by inserted',
    [subject],
  );
  return rows.map(({ sequence }) => sequence);
}
