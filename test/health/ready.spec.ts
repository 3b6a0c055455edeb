import { expect, onTestFinished } from 'vitest';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { startPaydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest().extend('ready', ({ paydesk }) => async () => {
  return (await paydesk.stranger().get('/health/ready')).status;
});

it('calls Stripe at most once in five seconds', async ({ paydesk, clock, ready }) => {
  expect(await Promise.all([ready(), ready(), ready()])).toEqual([200, 200, 200]);
  expect(paydesk.stripeCalls).toHaveLength(1);
  clock.moveSeconds(6);
  expect(await ready()).toBe(200);
  expect(paydesk.stripeCalls).toHaveLength(2);
});

it('is ready while Stripe limits the rate, and not while Stripe hangs', async ({ paydesk, clock, ready }) => {
  clock.moveSeconds(60);
  paydesk.sandbox.faults.add({ kinds: ['rate_limit'], times: 1 });
  expect(await ready()).toBe(200);
  clock.moveSeconds(60);
  paydesk.sandbox.faults.add({ kinds: ['wait'], share: 1, waitMs: 60_000 });
  expect(await ready()).toBe(503);
  paydesk.sandbox.faults.clear();
});

it('is not ready while the database is read only, as a standby is', async () => {
  const paydesk = await startPaydesk();
  onTestFinished(() => paydesk.close());
  const shop = await paydesk.service();
  const name = new URL(paydesk.databaseUrl).pathname.slice(1);
  await query(paydesk, `alter database ${name} set default_transaction_read_only = on`);
  // It is for new sessions.
  await query(
    paydesk,
    `select pg_terminate_backend(pid, 60000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  expectProblem(await shop.post('/pay', { ...redirects, amount: '5.00' }), 'unavailable');
  expectProblem(await paydesk.stranger().get('/health/ready'), 'unavailable');
});
