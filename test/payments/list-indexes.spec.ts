import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { DisputeRecordStore } from '../../src/payments/dispute-record.store.js';
import { PaymentListStore } from '../../src/payments/payment-list.store.js';
import { SubscriptionListStore } from '../../src/payments/subscription-list.store.js';
import { createTestDatabase } from '../support/postgres.js';

const LIMIT = 20;
const ROWS = 20_000;
/** More than the parts of a page that are read apart, and far less than the table. */
const READ_ROWS_MAX = 16 * LIMIT;

/** A statement that a store has sent. */
interface Statement {
  sql: string;
  params: unknown[];
}

/** A node of a plan: https://www.postgresql.org/docs/18/sql-explain.html */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

const statements: Statement[] = [];
const testDatabase = await createTestDatabase();
const pool = new pg.Pool({ connectionString: testDatabase.url });
const logger = { logQuery: (sql: string, params: unknown[]) => void statements.push({ sql, params }) };
const database: Database = Object.assign(drizzle({ client: pool, logger }), {
  $directUrl: testDatabase.url,
});
const payments = new PaymentListStore(database);
const subscriptions = new SubscriptionListStore(database);
const disputes = new DisputeRecordStore(database);

/** The rows that one page reads; each node must use an index. */
async function rowsRead(list: () => Promise<unknown>, table: string): Promise<number> {
  statements.length = 0;
  await list();
  const [statement] = statements;
  const { rows } = await pool.query(`explain (analyze, format json) ${statement?.sql}`, statement?.params);
  const nodes = nodesOf(rows[0]['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === table);
  expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  return nodes.reduce(
    (sum, node) => sum + node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)),
    0,
  );
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Each condition is true of the oldest rows only, so that a plan that skips rows reads them all. */
const OLD = 'n <= 40';

beforeAll(async () => {
  await pool.query(`
    insert into payments (
      payment_id, session_id, caller, tenant, user_id, shop_transaction_id, type, status, stage, amount_minor,
      refunded_minor, disputed_minor, currency, created_at, updated_at, version, revision, timeline
    )
    select 'cs_' || n, 'cs_' || n,
      case when ${OLD} then 'service:old' else 'service:shop' end,
      case when ${OLD} then 'partner:old' else 'partner:acme' end,
      'user-' || n % 5000,
      'order-' || n % 5000,
      case when ${OLD} then 'subscription' else 'checkout' end,
      case when ${OLD} then 'FAILED' else 'ACCEPTED' end,
      'succeeded', 500, 0, 0, 'usd', timestamptz '2026-01-01' + n * interval '1 minute', now(), 1, 1, '[]'
    from generate_series(1, ${ROWS}) as n`);
  await pool.query(`
    insert into payment_subscriptions (
      session_id, caller, tenant, user_id, status, cancel_at_period_end, items, created_at, updated_at, version, revision
    )
    select 'cs_' || n,
      case when ${OLD} then 'service:old' else 'service:shop' end,
      case when ${OLD} then 'partner:old' else 'partner:acme' end,
      'user-' || n % 5000,
      case when ${OLD} then 'CANCELED' else 'ACTIVE' end,
      false, '[]', timestamptz '2026-01-01' + n * interval '1 minute', now(), 1, 1
    from generate_series(1, ${ROWS}) as n`);
  await pool.query('analyze payments');
  await pool.query('analyze payment_subscriptions');
});

afterAll(async () => {
  await pool.end();
  await testDatabase.drop();
});

const [tenant, userId] = ['partner:old', 'user-7'];
const callers = [undefined, 'service:old'];

describe('a page of payments reads few rows', () => {
  const filters = [
    {},
    { status: 'FAILED' },
    { type: 'subscription' },
    { status: 'FAILED', type: 'subscription' },
    { tenant },
    { tenant, status: 'FAILED' },
    { tenant, userId },
    { tenant, userId, status: 'FAILED' },
    { shopTransactionId: 'order-7' },
    { shopTransactionId: 'order-7', tenant, type: 'subscription' },
    { to: new Date('2026-01-01T00:20:00Z') },
    { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-01T00:20:00Z'), tenant },
  ] as const;

  it.each(filters)('by %j', async (filter) => {
    for (const caller of callers) {
      const page = () => payments.list(filter, LIMIT, { caller });
      expect(await rowsRead(page, 'payments')).toBeLessThanOrEqual(READ_ROWS_MAX);
    }
  });
});

describe('a page of subscriptions reads few rows', () => {
  const filters = [
    {},
    { status: 'CANCELED' },
    { tenant },
    { tenant, status: 'CANCELED' },
    { tenant, userId },
    { tenant, userId, status: 'CANCELED' },
  ] as const;

  it.each(filters)('by %j', async (filter) => {
    for (const caller of callers) {
      const page = () => subscriptions.list(filter, LIMIT, { caller, after: undefined });
      expect(await rowsRead(page, 'payment_subscriptions')).toBeLessThanOrEqual(READ_ROWS_MAX);
    }
  });
});

describe('a page of disputes reads few rows', () => {
  /** Has as many payments as the other caller, and only the oldest disputes. */
  const caller = 'service:quiet';

  beforeAll(async () => {
    await pool.query(`
      insert into payments (
        payment_id, caller, type, status, stage, amount_minor, refunded_minor, disputed_minor, currency, created_at,
        updated_at, version, revision, timeline
      )
      select 'pi_' || n, '${caller}', 'charge', 'ACCEPTED', 'succeeded', 500, 0, 0, 'usd',
        timestamptz '2025-01-01' + n * interval '1 minute', now(), 1, 1, '[]'
      from generate_series(1, ${ROWS}) as n`);
    await pool.query(`
      insert into payment_disputes (dispute_id, payment_id, amount_minor, status, reason, created_at)
      select 'dp_' || n, case when ${OLD} then 'pi_' || n else 'cs_' || n end, 500, 'LOST', 'general',
        timestamptz '2026-01-01' + n * interval '1 minute'
      from generate_series(1, ${ROWS}) as n`);
    await pool.query('analyze payments');
    await pool.query('analyze payment_disputes');
  });

  it.each([undefined, 'LOST', 'OPEN'] as const)('by the status %s', async (status) => {
    for (const of of [undefined, caller]) {
      const page = () => disputes.list(status, LIMIT, { caller: of, after: undefined });
      expect(await rowsRead(page, 'payment_disputes')).toBeLessThanOrEqual(READ_ROWS_MAX);
      expect(await rowsRead(page, 'payments')).toBeLessThanOrEqual(READ_ROWS_MAX);
    }
  });
});
