import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { claimCustomers } from '../../src/database/claim-customers.js';
import { query } from '../support/database.js';
import { startPaydesk } from '../support/paydesk.js';
import { createTestDatabase } from '../support/postgres.js';

describe('claimCustomers', () => {
  let databaseUrl: string;

  beforeEach(async () => {
    const database = await createTestDatabase();
    databaseUrl = database.url;
    onTestFinished(database.drop);
  });

  /** A customer as an earlier version stored it. */
  const addCustomer = () =>
    query({ databaseUrl }, "insert into customers (tenant, user_id, created_at) values ('t', 'u', now())");

  it('takes a database without customers in any mode', async () => {
    for (const mode of ['sandbox', 'test', 'live'] as const) {
      await expect(claimCustomers(databaseUrl, mode)).resolves.toBeUndefined();
    }
  });

  it('counts customers of earlier versions to the first mode, and refuses every other one', async () => {
    await addCustomer();
    await claimCustomers(databaseUrl, 'test');
    await claimCustomers(databaseUrl, 'test');
    for (const other of ['sandbox', 'live'] as const) {
      await expect(claimCustomers(databaseUrl, other)).rejects.toThrow(
        `MODE is ${other}, but the customers in this database came from test mode`,
      );
    }
    await claimCustomers(databaseUrl, 'test');
  });

  it('changes nothing when it refuses', async () => {
    await addCustomer();
    await claimCustomers(databaseUrl, 'test');
    await query(
      { databaseUrl },
      "insert into customers (tenant, user_id, created_at) values ('t', 'v', now())",
    );
    await expect(claimCustomers(databaseUrl, 'live')).rejects.toThrow(/^MODE /);
    const modes = await query({ databaseUrl }, 'select mode from customers order by user_id');
    expect(modes).toEqual([{ mode: 'test' }, { mode: null }]);
  });
});

it('stores the mode with the customers that are created and those that are linked', async () => {
  const paydesk = await startPaydesk({ environment: { STRIPE_SECRET_KEY: 'sk_test_paydesk' } });
  onTestFinished(() => paydesk.close());
  const service = await paydesk.service();
  const { id } = await paydesk.stripe.customers.create();
  const partner = await paydesk.partner('acme');
  expect((await partner.post('/partners/user/alice/setup_intent')).status).toBe(201);
  const linked = await service.put('/customers/bob', { stripeCustomerId: id });
  expect(linked.status).toBeLessThan(300);
  expect(await query(paydesk, 'select mode from customers')).toEqual([{ mode: 'test' }, { mode: 'test' }]);
});
