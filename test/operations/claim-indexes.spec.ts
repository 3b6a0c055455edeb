import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { CUSTOMER_LOOK_UP } from '../../src/customers/saved-cards.store.js';
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
