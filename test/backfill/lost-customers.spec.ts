import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { backfillAccount } from '../support/backfill.js';
import { query } from '../support/database.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const it = paydeskTest({ workerByHand: true });

/** The customer that a user is linked to. */
async function linkOf(paydesk: Paydesk, user: string): Promise<string> {
  const rows = await query<{ id: string }>(
    paydesk,
    'select stripe_customer_id as id from customers where user_id = $1',
    [user],
  );
  return rows[0]?.id ?? '';
}

it('links the customers of users that the database has lost', async ({ paydesk, clock, partner }) => {
  const user = someUser();
  const card = await saveCard(paydesk, partner, user);
  const body = { amount: '3000', description: user, stripe_payment_method_id: card };
  const key = { 'idempotency-key': randomUUID() };
  const charge = () => partner.post(`/partners/user/${user}/payment_intent`, body, key);
  const first = await charge();
  const customer = await linkOf(paydesk, user);
  await query(paydesk, 'truncate customers, attached_payment_methods, operations, payments cascade');

  await backfillAccount(paydesk, clock);

  expect(await linkOf(paydesk, user)).toBe(customer);
  const again = await charge();
  expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
  const payments = await partner.get(`/partners/user/${user}/payments`);
  expect(payments.body).toHaveLength(1);
  const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
  const { body: audit } = await admin.get(`/admin/audit?objectId=${customer}`);
  expect(audit.data[0]).toMatchObject({ action: 'customer.linked', caller: 'paydesk' });
});

it('links no customer that was unlinked, belongs to another user, or was made elsewhere', async ({
  paydesk,
  clock,
  shop,
}) => {
  const [unlinked, former, other] = [someUser(), someUser(), someUser()];
  for (const user of [unlinked, former]) await shop.put(`/customers/${user}`, { name: 'Jenny' });
  await paydesk.stripe.customers.create({ metadata: { user: someUser() } });
  const moved = await linkOf(paydesk, former);
  for (const user of [unlinked, former]) {
    expect((await shop.post(`/customers/${user}/unlink`)).status).toBe(204);
  }
  expect((await shop.put(`/customers/${other}`, { stripeCustomerId: moved })).status).toBe(200);
  const before = await query(paydesk, 'select * from customers order by user_id');

  await backfillAccount(paydesk, clock);

  expect(await query(paydesk, 'select * from customers order by user_id')).toEqual(before);
});
