import { expect, vi } from 'vitest';
import { query } from '../support/database.js';
import { PRUNE_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

/** CHANGELOG.md */
const ATTEMPTS_MAX = 5;
const taxId = { type: 'eu_vat', value: 'DE123456789' };

const it = paydeskTest({ workerByHand: true });

it('a tax id that other requests take back again and again is given up', async ({ paydesk, shop }) => {
  await query(
    paydesk,
    `create function take_back() returns trigger language plpgsql as
       $$ begin new.is_kept = false; return new; end $$`,
  );
  await query(
    paydesk,
    'create trigger take_back before insert on tax_id_ends for each row execute function take_back()',
  );
  const path = `/customers/${someUser()}`;
  const { stripeCustomerId: id } = (await shop.put(path, { name: 'Jenny' })).body;
  expectProblem(await shop.put(path, { taxId }), 'unavailable');
  const added = paydesk.stripeCalls.filter((call) => call === `POST /v1/customers/${id}/tax_ids`);
  expect(added).toHaveLength(ATTEMPTS_MAX);
  expect((await paydesk.stripe.customers.listTaxIds(id)).data).toEqual([]);
  await query(paydesk, 'drop trigger take_back on tax_id_ends');
  expect((await shop.put(path, { taxId })).status).toBe(200);
});

it('what is known of a tax id is deleted after two days', async ({ paydesk, shop, clock }) => {
  const path = `/customers/${someUser()}`;
  const ends = () =>
    query(paydesk, 'select tax_id from tax_id_ends union all select id from tax_id_additions');
  await query(paydesk, 'delete from tax_id_ends');
  await query(paydesk, 'delete from tax_id_additions');
  await shop.put(path, { taxId });
  clock.moveHours(47);
  await shop.put(`/customers/${someUser()}`, { taxId });
  expect(await ends()).toHaveLength(4);
  clock.moveHours(2);
  vi.advanceTimersByTime(PRUNE_MS);
  await expect.poll(ends).toHaveLength(2);
  expect((await shop.put(path, { taxId })).status).toBe(200);
});
