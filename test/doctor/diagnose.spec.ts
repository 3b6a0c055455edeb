import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, SystemClock } from '#core/clock.js';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { expect, test } from 'vitest';
import { type Settings, settingsFrom } from '../../src/config/settings.js';
import type { Finding } from '../../src/doctor/finding.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import { query } from '../support/database.js';
import { ManualClock } from '../support/manual-clock.js';
import { createDatabase, createTestDatabase, databaseUrl, dropDatabase } from '../support/postgres.js';
import { ENCRYPTION_KEY } from '../support/service-process.js';

const EVENTS = [
  'customer.updated',
  'customer.deleted',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'charge.refund.updated',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.resumed',
  'customer.subscription.trial_will_end',
  'customer.subscription.updated',
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice.voided',
];
/** The resources of each permission, by the paths of https://docs.stripe.com/api. */
const WRITES = [
  ['Customers (write)', '/v1/customers/*'],
  ['SetupIntents (write)', '/v1/setup_intents/**'],
  ['PaymentIntents (write)', '/v1/payment_intents/**'],
  ['Refunds (write)', '/v1/refunds/*'],
  ['Disputes (write)', '/v1/disputes/**'],
  ['Checkout Sessions (write)', '/v1/checkout/sessions/**'],
  ['Subscriptions (write)', '/v1/subscriptions/*'],
  ['PaymentMethods (write)', '/v1/payment_methods/**'],
  ['Customer portal (write)', '/v1/billing_portal/sessions'],
] as const;
const READS = [
  ['Charges (read)', '/v1/charges'],
  ['Prices (read)', '/v1/prices'],
  ['Products (read)', '/v1/products'],
  ['Events (read)', '/v1/events'],
  ['Invoices (read)', '/v1/invoices'],
  ['Invoices (read)', '/v1/invoice_payments'],
  ['Balance transaction sources (read)', '/v1/balance_transactions'],
] as const;

type Environment = Record<string, string>;

const it = test
  .extend('stripe', async ({ onTestFinished }) => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    return sandbox;
  })
  .extend('database', async ({ onTestFinished }) => {
    const database = await createTestDatabase();
    onTestFinished(database.drop);
    return database;
  })
  .extend('environment', ({ stripe, database }): Environment => ({
    STRIPE_SECRET_KEY: 'rk_test_doctor',
    ENCRYPTION_KEY,
    STRIPE_API_BASE: stripe.url,
    DATABASE_URL: database.url,
  }))
  .extend(
    'addEndpoint',
    ({ stripe }) =>
      (body: Record<string, string>, events: readonly string[] = EVENTS) =>
        fetch(`${stripe.url}/v1/webhook_endpoints`, {
          method: 'POST',
          headers: { authorization: 'Bearer sk_test_any' },
          body: new URLSearchParams([
            ...Object.entries(body),
            ...events.map((event): [string, string] => ['enabled_events[]', event]),
          ]),
        }).then((response) => expect(response.status).toBe(200)),
  )
  .extend('forbid', ({ stripe }) => (method: 'GET' | 'POST', path: string) => {
    stripe.faults.add({ method, path, kinds: ['no_permission'], share: 1 });
  });

const OURS = { url: 'https://pay.example/webhooks/stripe' };

function findingsFor(environment: Environment, clock: Clock = new SystemClock(), NODE_ENV?: string) {
  return diagnose(
    (): Settings => settingsFrom(environment),
    () => ({ NODE_ENV }),
    clock,
  );
}

function find(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((finding) => finding.check === check);
}

function expectRed(findings: readonly Finding[], check: string, detail: RegExp): void {
  expect(find(findings, check)).toEqual({
    check,
    result: 'red',
    detail: expect.stringMatching(detail),
    remedy: expect.stringMatching(/./),
  });
}

it('has nothing to say against a safe service, and changes nothing at Stripe', async ({
  stripe,
  environment,
  addEndpoint,
}) => {
  await addEndpoint(OURS);
  const before = stripe.store.events.size;
  const findings = await findingsFor(environment);
  expect(findings.map(({ check, result }) => [check, result])).toEqual([
    ['settings', 'ok'],
    ['time zone', 'ok'],
    ['payment callback', 'skipped'],
    ['database', 'ok'],
    ['migrations', 'ok'],
    ['customers', 'ok'],
    ['key', 'ok'],
    ['permissions', 'ok'],
    ['API version', 'ok'],
    ['clock', 'ok'],
    ['webhook endpoint', 'ok'],
  ]);
  expect(stripe.store.events.size).toBe(before);
});

it('accepts the defaults, where everything is embedded', async () => {
  const findings = await findingsFor({});
  expect(findings.map(({ result }) => result)).toEqual(['ok', 'ok', 'skipped', 'skipped', 'skipped']);
});

it('reports an invalid setting without its value', async () => {
  const findings = await findingsFor({ PORT: 'hunter2' });
  expectRed(findings, 'settings', /^PORT must be/);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

it('reports everything that is unsafe, and sends no password in clear', async () => {
  const live = { STRIPE_SECRET_KEY: 'sk_live_hunter2', STRIPE_API_BASE: 'http://127.0.0.1:9' };
  const findings = await findingsFor({ ...live, DATABASE_URL: 'postgresql://u:hunter2@db.example/paydesk' });
  for (const variable of [
    'JWKS_URL',
    'STRIPE_WEBHOOK_SECRET',
    'JWT_AUDIENCE',
    'REDIRECT_ORIGINS',
    'ENCRYPTION_KEY',
  ]) {
    expectRed(findings, variable, /./);
  }
  expectRed(findings, 'STRIPE_API_BASE', /https/);
  expectRed(findings, 'DATABASE_URL', /TLS/);
  expectRed(findings, 'time zone', /BUSINESS_TIMEZONE is not set/);
  expect(find(findings, 'database')).toMatchObject({ result: 'skipped' });
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

it('reports a sandbox in production that nobody asked for', async () => {
  expectRed(await findingsFor({}, new SystemClock(), 'production'), 'MODE', /is not set/);
});

it('accepts a time zone in live mode that was chosen, even if it is the default', async () => {
  const live = { STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_API_BASE: 'http://127.0.0.1:9' };
  const findings = await findingsFor({ ...live, BUSINESS_TIMEZONE: 'UTC' });
  expect(find(findings, 'time zone')).toMatchObject({ result: 'ok' });
});

it('reports a payment callback that nothing may be delivered to, or that is not signed in live mode', async () => {
  const live = { STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_API_BASE: 'http://127.0.0.1:9' };
  for (const [url, detail] of [
    ['http://shop.example/', /must be https/],
    ['https://10.0.0.1/', /must be https with a public address/],
    ['https://shop.example/', /PAYMENT_CALLBACK_SECRET is not set/],
  ] as const) {
    expectRed(await findingsFor({ ...live, PAYMENT_CALLBACK_URL: url }), 'payment callback', detail);
  }
});

it('reports a database that cannot be reached, without its password', async ({ environment }) => {
  const findings = await findingsFor({
    ...environment,
    DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:9/x',
  });
  expectRed(findings, 'database', /^DATABASE_URL /);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

it('reports migrations that are not applied, and applies none', async ({ environment, onTestFinished }) => {
  const { DATABASE_URL = '' } = environment;
  const server = databaseUrl(DATABASE_URL, 'postgres');
  const name = `empty_${process.pid}_${Date.now()}`;
  await createDatabase(server, name, 'template1');
  onTestFinished(() => dropDatabase(server, name));
  const url = databaseUrl(DATABASE_URL, name);
  expectRed(await findingsFor({ ...environment, DATABASE_URL: url }), 'migrations', /^\d+ not applied$/);
  const tables = await query({ databaseUrl: url }, "select 1 from pg_tables where schemaname = 'public'");
  expect(tables).toEqual([]);
});

it('reports a database that a newer version has migrated', async ({ environment, database }) => {
  await query(
    { databaseUrl: database.url },
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('new', 9999999999999)",
  );
  expectRed(await findingsFor(environment), 'migrations', /newer version/);
});

it('reports customers from another mode', async ({ environment, database }) => {
  await query(
    { databaseUrl: database.url },
    "insert into customers (tenant, user_id, mode, created_at) values ('t', 'u', 'live', now())",
  );
  expectRed(await findingsFor(environment), 'customers', /from live mode, but MODE is test/);
});

it('reports a key that Stripe does not accept', async ({ environment }) => {
  const findings = await findingsFor({ ...environment, STRIPE_SECRET_KEY: 'sk_live_wrong' });
  expectRed(findings, 'key', /does not accept STRIPE_SECRET_KEY \(401\)/);
  expect(find(findings, 'permissions')).toMatchObject({ result: 'skipped' });
});

it('reports a Stripe that does not answer', async ({ environment }) => {
  const findings = await findingsFor({ ...environment, STRIPE_API_BASE: 'http://127.0.0.1:9' });
  expectRed(findings, 'key', /does not answer/);
});

it.for(WRITES)('reports that the key lacks %s', async ([name, path], { environment, forbid }) => {
  forbid('POST', path);
  expect(find(await findingsFor(environment), 'permissions')).toMatchObject({
    result: 'red',
    detail: `the key lacks ${name}`,
  });
});

it.for(READS)('reports that the key lacks %s', async ([name, path], { environment, forbid }) => {
  forbid('GET', path);
  expect(find(await findingsFor(environment), 'permissions')).toMatchObject({
    result: 'red',
    detail: `the key lacks ${name}`,
  });
});

it('names all permissions of a key that may do nothing', async ({ environment, forbid }) => {
  forbid('GET', '/v1/**');
  forbid('POST', '/v1/**');
  const findings = await findingsFor(environment);
  const lacking = [...new Set([...WRITES, ...READS].map(([name]) => name))].join(', ');
  expect(find(findings, 'permissions')?.detail).toBe(`the key lacks ${lacking}`);
  expectRed(findings, 'webhook endpoint', /may not read/);
});

it('reports a Stripe-compatible API that answers in another version', async ({
  environment,
  stripe,
  onTestFinished,
}) => {
  const old = createServer((request, response) => {
    const { method = 'GET', url = '', headers } = request;
    void fetch(stripe.url + url, { method, headers: { authorization: headers.authorization ?? '' } })
      .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
      .then(({ status, text }) => response.writeHead(status, { 'stripe-version': '2020-08-27' }).end(text));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void old.close());
  await once(old, 'listening');
  const { port } = old.address() as AddressInfo;
  const findings = await findingsFor({ ...environment, STRIPE_API_BASE: `http://127.0.0.1:${port}` });
  expectRed(findings, 'API version', /^Stripe answers in 2020-08-27 instead of /);
});

it('reports a clock that differs from that of Stripe', async ({ environment }) => {
  for (const seconds of [-45, 45]) {
    const clock = new ManualClock();
    clock.moveSeconds(seconds);
    expectRed(await findingsFor(environment, clock), 'clock', /differs from Stripe's by 4\d seconds/);
  }
});

it.for<[string, Record<string, string>, string[], RegExp]>([
  ['another path', { url: 'https://pay.example/other' }, EVENTS, /^none with the path/],
  ['too few events', OURS, EVENTS.slice(0, -2), /^lacks invoice\.payment_failed, invoice\.voided$/],
])('reports an endpoint with %s', async ([, body, events, detail], { environment, addEndpoint }) => {
  await addEndpoint(body, events);
  expectRed(await findingsFor(environment), 'webhook endpoint', detail);
});

it('reports an account without an endpoint', async ({ environment }) => {
  expectRed(await findingsFor(environment), 'webhook endpoint', /^none with the path/);
});

it('reports an endpoint that is disabled', async ({ environment, stripe, addEndpoint }) => {
  await addEndpoint(OURS);
  const [endpoint] = stripe.store.webhookEndpoints.newestFirst();
  stripe.run((ctx) => ctx.store.webhookEndpoints.update(String(endpoint?.id), { status: 'disabled' }));
  expectRed(await findingsFor(environment), 'webhook endpoint', /^disabled$/);
});

it('accepts an endpoint for all events', async ({ environment, addEndpoint }) => {
  await addEndpoint(OURS, ['*']);
  expect(find(await findingsFor(environment), 'webhook endpoint')).toMatchObject({ result: 'ok' });
});
