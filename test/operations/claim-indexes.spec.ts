import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { CUSTOMER_LOOK_UP } from '../../src/customers/saved-cards.store.js';
import { CARD_TESTING_BRAKE, type CardTestingRateName, ratesOf } from '../../src/config/rates.js';
import { openDatabase } from '../../src/database/database.js';
import { CardTestingStore } from '../../src/limits/card-testing.store.js';
import { claimPlanned } from '../../src/operations/planned-claims.store.js';
import { createTestDatabase } from '../support/postgres.js';

const CARDS = 10_000;

const testDatabase = await createTestDatabase();
const pool = new pg.Pool({ connectionString: testDatabase.url });

afterAll(async () => {
  await pool.end();
  await testDatabase.drop();
});

it('the look-up of a charge reads no whole table of customers or cards', async () => {
  await pool.query(`
    insert into customers (tenant, user_id, stripe_customer_id, mode, created_at)
    select 'partner:acme', 'user-' || n, 'cus_' || n, 'test', now() from generate_series(1, ${CARDS}) as n`);
  await pool.query(`
    insert into attached_payment_methods (payment_method_id, stripe_customer_id)
    select 'pm_' || n, 'cus_' || n from generate_series(1, ${CARDS}) as n`);
  await pool.query('analyze');
  const claim = {
    id: randomUUID(),
    tenant: 'partner:acme',
    user_id: 'user-7',
    payment_method_id: 'pm_7',
  };
  const lookUp = `
    with claims as (
      select * from jsonb_to_recordset($1::jsonb) as claims (id uuid, tenant text, user_id text, payment_method_id text)
    ) ${CUSTOMER_LOOK_UP.text}`;
  const values = [JSON.stringify([claim, { ...claim, id: randomUUID(), payment_method_id: 'pm_8' }])];
  expect((await pool.query(lookUp, values)).rows).toEqual([{ id: claim.id, customer: 'cus_7' }]);
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${lookUp}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toContain('Seq Scan');
});

it('the claim of a charge reads no whole table of operations in a new database', async () => {
  const newDatabase = await createTestDatabase();
  const database = openDatabase(newDatabase.url, () => undefined);
  try {
    const rates = ratesOf<CardTestingRateName>(CARD_TESTING_BRAKE, CARD_TESTING_BRAKE)!;
    const condition = new CardTestingStore(database).newAttempts(rates, () => new Date());
    const { rows } = await database.$client.query<{ 'QUERY PLAN': string }>(
      `explain ${claimPlanned(CUSTOMER_LOOK_UP, condition)}`,
      [JSON.stringify([]), ...condition.values()],
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan on operations');
  } finally {
    await database.$client.end();
    await newDatabase.drop();
  }
});
