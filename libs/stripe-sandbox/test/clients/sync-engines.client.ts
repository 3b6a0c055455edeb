import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type Stripe from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../../create-sandbox.js';
import { clientOf, TEST_KEY } from '../support.js';
import { installedStripe, loadPackage, openDatabase, openSandbox } from './clients.js';
import { openShop } from './shop.js';

interface SyncEngine {
  stripe: unknown;
  postgresClient: { pool: { end(): Promise<void> } };
  syncBackfill(params: { object: string }): Promise<unknown>;
  processWebhook(payload: string, signature: string): Promise<unknown>;
}

interface EnginePackage {
  StripeSync: new (config: object) => SyncEngine;
  runMigrations(config: object): Promise<void>;
}

/** Writes the account of a shop to PostgreSQL, as Supabase and Replit do for their users. */
const ENGINES = ['@supabase/stripe-sync-engine', 'stripe-replit-sync'];

async function openEngine(name: string, sandbox: Sandbox) {
  const loaded = await loadPackage<EnginePackage>(name);
  const url = await openDatabase();
  const logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (problem: unknown) => problems.push(problem),
  };
  const problems: unknown[] = [];
  await loaded.runMigrations({ databaseUrl: url, schema: 'stripe', logger });
  const engine = new loaded.StripeSync({
    poolConfig: { connectionString: url },
    stripeSecretKey: TEST_KEY,
    stripeWebhookSecret: sandbox.webhookSecret,
    backfillRelatedEntities: true,
    autoExpandLists: true,
    logger,
  });
  engine.stripe = await installedStripe(sandbox);
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(async () => {
    await Promise.all([client.end(), engine.postgresClient.pool.end()]);
  });
  const select = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
  return { engine, select, problems };
}

/** A webhook endpoint that passes events to the engine that was opened last. */
async function openHook() {
  const hook: { engine?: SyncEngine; url: string; failures: unknown[] } = { url: '', failures: [] };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'] as string;
      const processing = hook.engine?.processWebhook(body, signature) ?? Promise.resolve();
      processing.then(
        () => response.end(),
        (error: unknown) => {
          // Some types of events are none of an engine's.
          if (!/Unhandled/i.test(String(error))) hook.failures.push(error);
          response.writeHead(500).end();
        },
      );
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return hook;
}

/** How many objects there are at the sandbox, by the table for them. */
async function countObjects(stripe: Stripe): Promise<Record<string, number>> {
  const all = { limit: 100 };
  const lists = {
    charges: stripe.charges.list(all),
    checkout_sessions: stripe.checkout.sessions.list(all),
    credit_notes: stripe.creditNotes.list(all),
    customers: stripe.customers.list(all),
    disputes: stripe.disputes.list(all),
    early_fraud_warnings: stripe.radar.earlyFraudWarnings.list(all),
    invoices: stripe.invoices.list(all),
    payment_intents: stripe.paymentIntents.list(all),
    plans: stripe.plans.list(all),
    prices: stripe.prices.list(all),
    products: stripe.products.list(all),
    refunds: stripe.refunds.list(all),
    setup_intents: stripe.setupIntents.list(all),
    subscription_schedules: stripe.subscriptionSchedules.list(all),
    subscriptions: stripe.subscriptions.list({ ...all, status: 'all' }),
  };
  const counts = await Promise.all(
    Object.entries(lists).map(async ([table, list]) => [table, (await list).data.length] as const),
  );
  return Object.fromEntries(counts);
}

async function countRows(
  select: (sql: string) => Promise<Record<string, unknown>[]>,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const count = async (table: string) =>
    (await select(`select count(*)::int as n from stripe.${table}`))[0]!['n'];
  const counts = await Promise.all(tables.map(async (table) => [table, await count(table)] as const));
  return Object.fromEntries(counts) as Record<string, number>;
}

test.for(ENGINES)('%s copies the account, and follows its events', async (name) => {
  const hook = await openHook();
  const { sandbox, clock } = await openSandbox({ webhook: { url: hook.url } });
  const stripe = clientOf(sandbox);
  const { customer, product, subscribe, pay } = await openShop(stripe);
  await sandbox.webhooks.flush();

  const { engine, select, problems } = await openEngine(name, sandbox);
  await engine.syncBackfill({ object: 'all' });
  const before = await countObjects(stripe);
  expect(problems).toEqual([]);
  expect(await countRows(select, Object.keys(before))).toEqual(before);

  hook.engine = engine;
  // The engines ignore an event that is not newer than what they know of its object.
  clock.advanceMs(60_000);
  const added = await subscribe();
  clock.advanceMs(1000);
  await stripe.subscriptions.cancel(added.id);
  await pay('pm_card_visa', 4200);
  await pay('pm_card_chargeDeclined').catch(() => undefined);
  await stripe.products.update(product.id, { name: 'Big club' });
  await stripe.customers.update(customer, { name: 'Ada Lovelace' });
  await openShop(stripe);
  await sandbox.webhooks.flush();
  expect(hook.failures).toEqual([]);
  expect(problems).toEqual([]);
  const after = await countObjects(stripe);
  expect(await countRows(select, Object.keys(after))).toEqual(after);
  expect(await select(`select status from stripe.subscriptions where id = '${added.id}'`)).toEqual([
    { status: 'canceled' },
  ]);
  expect(await select(`select name from stripe.customers where id = '${customer}'`)).toEqual([
    { name: 'Ada Lovelace' },
  ]);
  expect(await select(`select name from stripe.products where id = '${product.id}'`)).toEqual([
    { name: 'Big club' },
  ]);
  expect(await select('select sum(amount)::int as total from stripe.refunds')).toEqual([{ total: 1400 }]);
});
