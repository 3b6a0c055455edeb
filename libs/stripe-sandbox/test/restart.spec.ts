import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stripe } from 'stripe';
import { expect } from 'vitest';
import { leftBehind, temporaryFolder } from './folders.js';
import { failureOf, openBench, test } from './support.js';

test('state, order and idempotency keys survive a restart without a close', async () => {
  const dataDir = temporaryFolder();
  const before = await openBench({ dataDir });
  const customer = await before.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  const second = await before.stripe.customers.create({ payment_method: 'pm_card_visa' });
  const gone = await before.stripe.customers.create();
  await before.stripe.customers.del(gone.id);

  const { stripe, sandbox } = await openBench({ dataDir: leftBehind(dataDir) });
  expect((await stripe.customers.list()).data).toEqual([second, customer]);
  expect((await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })).id).toBe(customer.id);
  expect(await stripe.customers.retrieve(gone.id)).toMatchObject({ deleted: true });
  expect((await stripe.customers.listPaymentMethods(second.id)).data).toHaveLength(1);
  expect(sandbox.store.customers.size).toBe(2);
});

test('events survive with the state of their object at that time, without storing it twice', async () => {
  const dataDir = temporaryFolder();
  const before = await openBench({ dataDir });
  const { id } = await before.stripe.customers.create({ name: 'Ada' });
  await before.stripe.customers.update(id, { name: 'Bea' });
  await before.stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
  const { id: busy } = await before.stripe.customers.create();
  const { id: gone } = await before.stripe.customers.create();
  await before.stripe.customers.del(gone);
  const { data: events } = await before.stripe.events.list();
  expect(events.map(({ data }) => (data.object as Stripe.Customer).name ?? null)).toEqual([
    null,
    null,
    null,
    null,
    'Bea',
    'Ada',
  ]);

  let left = leftBehind(dataDir);
  for (const updates of [50, 0, 0]) {
    const { stripe, sandbox } = await openBench({ dataDir: left });
    expect((await stripe.events.list()).data).toEqual(events);
    const { customers } = sandbox.store;
    const [latest] = sandbox.store.events.newestFirst({ where: { type: 'customer.updated' } });
    expect(latest!.data.object).toBe(customers.get(id));
    // So much of it makes the next start rewrite the journal.
    for (let i = 0; i < updates; i++) sandbox.run(() => customers.update(busy, {}));
    left = leftBehind(left);
  }
});

test('the ledger and its clearing survive a restart', async () => {
  const dataDir = temporaryFolder();
  const before = await openBench({ dataDir });
  await before.stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  const made = before.sandbox.ledger.list();
  expect(made).toMatchObject([{ object: 'customer', idempotencyKey: 'k' }]);

  const { sandbox } = await openBench({ dataDir: leftBehind(dataDir) });
  expect(sandbox.ledger.list()).toEqual(made);
  before.sandbox.ledger.clear();
  const cleared = await openBench({ dataDir: leftBehind(dataDir) });
  expect(cleared.sandbox.ledger.list()).toEqual([]);
});

test('scheduled work survives: a session still expires', async () => {
  const dataDir = temporaryFolder();
  const { stripe } = await openBench({ dataDir });
  const price_data = { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } };
  const { id } = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/',
    line_items: [{ price_data, quantity: 1 }],
  });
  const restarted = await openBench({ dataDir: leftBehind(dataDir) });
  restarted.clock.advanceMs(24 * 3_600_000);
  expect((await restarted.stripe.checkout.sessions.retrieve(id)).status).toBe('expired');
});

test('ignores an incomplete last line, and continues the journal', async () => {
  const dataDir = temporaryFolder();
  const { stripe } = await openBench({ dataDir });
  const { id } = await stripe.customers.create();
  const torn = leftBehind(dataDir);
  appendFileSync(join(torn, 'journal.jsonl'), '[["customers","cus_torn",{"id":"cus_t');
  const restarted = await openBench({ dataDir: torn });
  const next = await restarted.stripe.customers.create();
  const again = await openBench({ dataDir: leftBehind(torn) });
  expect((await again.stripe.customers.list()).data.map((each) => each.id)).toEqual([next.id, id]);
});

test('reads a journal of any length and with multi-byte characters', async () => {
  const dataDir = temporaryFolder();
  const { stripe } = await openBench({ dataDir });
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'ë'.repeat(500)]));
  for (let i = 0; i < 180; i++) await stripe.customers.create({ metadata });
  const { sandbox } = await openBench({ dataDir: leftBehind(dataDir) });
  const kept = [...sandbox.store.customers.oldestFirst()].map((customer) => customer.metadata);
  expect(kept).toEqual(Array.from({ length: 180 }, () => metadata));
});

test('an error rolls a unit of work back', async ({ sandbox, stripe }) => {
  const kept = await stripe.customers.create({ name: 'Ada' });
  const work = () =>
    sandbox.run((ctx) => {
      ctx.store.customers.update(kept.id, { name: 'Bea' });
      ctx.store.customers.remove(kept.id);
      throw new Error('a fault');
    });
  expect(work).toThrow('a fault');
  expect(await stripe.customers.retrieve(kept.id)).toEqual(kept);
  expect(await failureOf(stripe.customers.retrieve('cus_none'))).toMatchObject({ statusCode: 404 });
});
