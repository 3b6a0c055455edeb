import { expect } from 'vitest';
import { query } from './database.js';
import type { Paydesk } from './paydesk.js';

/** POSTs to Stripe that change nothing. */
const READS: ReadonlySet<string> = new Set(['POST /v1/invoices/create_preview']);

/** Does something that must change neither the database nor Stripe. */
export async function withoutChange<T>(paydesk: Paydesk, work: () => Promise<T>): Promise<T> {
  const before = await contentsOf(paydesk);
  const callsBefore = paydesk.stripeCalls.length;
  const result = await work();
  const calls = paydesk.stripeCalls.slice(callsBefore);
  expect(calls.filter((call) => !call.startsWith('GET ') && !READS.has(call))).toEqual([]);
  expect(await contentsOf(paydesk)).toEqual(before);
  return result;
}

/**
 * All rows of all tables, except for what is written meanwhile without a request: when a key was last used, and the places and
 * deliveries of notifications that were there before.
 */
async function contentsOf(paydesk: Paydesk): Promise<unknown[]> {
  const tables = await query<{ name: string }>(
    paydesk,
    `select tablename as name from pg_tables where schemaname = 'public'
      and tablename not in ('api_keys', 'notification_deliveries', 'notification_endpoints', 'notification_queues', 'payment_deliveries')`,
  );
  const contents = tables.map(
    ({ name }) =>
      `select '${name}' as name, (to_jsonb(t)${name === 'notifications' ? " - 'position'" : ''})::text as row from "${name}" t`,
  );
  return query(paydesk, `${contents.join(' union all ')} order by 1, 2`);
}
