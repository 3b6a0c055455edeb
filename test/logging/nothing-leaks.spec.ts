import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import pMap from 'p-map';
import { describe, expect } from 'vitest';
import { SCOPES } from '#core/scope.js';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { redirects } from '../support/hosted-page.js';
import { OPERATIONS } from '../support/openapi.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard } from '../support/saved-card.js';
import { eventOf, signatureOf } from '../webhooks/stripe-event.js';
import { plantAll, plantInTurn, type PlantedRequest } from './planted-request.js';

const EMAIL = 'planted@mail.example';
/** By kind. Each place of a request gets one secret of each kind, in turn. */
const SECRETS = [
  ['sk_live_51PlantedKey', 'whsec_PlantedSigning', 'pi_3PlantedIntent_secret_PlantedClient'],
  ['4242424242424242', '4000 0566 5566 5556', '3782-822463-10005'],
  ['eyJhbGciOiJFUzI1NiJ9.eyJQbGFudGVkVG9rZW4iOjF9.c2lnbmF0dXJl'],
  [EMAIL],
];

const FOREVER_SECRET =
  /PlantedKey|PlantedSigning|PlantedClient|4242424242424242|4000\D{0,3}0566\D{0,3}5566|3782\D{0,3}822463/;
/** Free text may have these: its caller reads them again, but they are in no problem, no log and no row. */
const PERSONAL = /eyJQbGFudGVk|planted(?:@|%40)mail/;
const PLANTED = new RegExp(`${FOREVER_SECRET.source}|${PERSONAL.source}`);

/** A user's id may be an e-mail address, and so may what people call their keys and endpoints. */
const MAY_BE_EMAIL = new Set([
  'customers.user_id',
  'former_customers.user_id',
  'brake_counts.user_id',
  'brake_declines.user_id',
  'payments.user_id',
  'payment_subscriptions.user_id',
  'audit_log.caller',
  'audit_log.object_id',
  'notification_endpoints.description',
  'api_keys.label',
  'audit_log.details',
]);

const CONCURRENCY = 8;
const CUSTOMER_PATH = '/customers/{user_id}';
/** About a thousand requests, on a machine that may be slow. */
const TIMEOUT_MS = 180_000;

const WEBHOOK_SECRET = 'whsec_test';

const it = paydeskTest({
  environment: { LOG_LEVEL: 'trace', METRICS_PORT: '0', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET },
})
  /** Makes the ids of the examples those of existing objects. */
  .extend('withIds', { scope: 'file' }, async ({ paydesk, partner, shop }) => {
    const card = await saveCard(paydesk, partner, 'user-42');
    const { body } = await shop.post('/pay', { ...redirects, amount: '5.00' });
    return (text: string) =>
      text.replaceAll(/pm_1TUvWx\w+/g, card).replaceAll(/cs_test_a1B2\w+/g, body.paymentID);
  })
  .extend('answers', { scope: 'file' }, async ({ paydesk, withIds, clock }) => {
    const callers = {
      user: await paydesk.user(EMAIL),
      partner: await paydesk.partner('acme'),
      service: await paydesk.service('shop', { scopes: SCOPES }),
    };
    const requests = OPERATIONS.flatMap((operation) =>
      SECRETS.flatMap((kind) => plantInTurn(operation, kind)).concat(plantAll(operation, SECRETS.flat())),
    );
    await sendEvent(paydesk.url, clock.now());
    // A customer's tax id is 503 while another one is added.
    const inTurn = pLimit(1);
    const sendOne = (request: PlantedRequest) => {
      const [caller] = request.operation.callers;
      return send(paydesk.url, caller ? callers[caller.kind] : paydesk.stranger(), request, withIds);
    };
    return pMap(
      requests,
      (request) =>
        request.operation.path === CUSTOMER_PATH ? inTurn(() => sendOne(request)) : sendOne(request),
      { concurrency: CONCURRENCY },
    );
  });

describe('a secret anywhere in a request', () => {
  it('is in no answer', { timeout: TIMEOUT_MS }, ({ answers }) => {
    const leaks = answers.filter(({ status, text }) => (status < 400 ? FOREVER_SECRET : PLANTED).test(text));
    expect(leaks).toEqual([]);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    // So much free text is taken that the rows would show it.
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(50);
  });

  it('is in no line of the log', { timeout: TIMEOUT_MS }, ({ answers, paydesk }) => {
    const lines = paydesk.log.map((line) => JSON.stringify(line));
    expect(lines.filter((line) => PLANTED.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThanOrEqual(answers.length);
  });

  it('is in no metric', { timeout: TIMEOUT_MS }, async ({ answers, paydesk }) => {
    const metrics = await (await fetch(paydesk.metricsUrl ?? '')).text();
    expect(metrics.split('\n').filter((line) => PLANTED.test(line))).toEqual([]);
    const requests = [...metrics.matchAll(/^paydesk_http_request_duration_seconds_count\{.*\} (\d+)$/gm)];
    const count = requests.reduce((sum, [, value]) => sum + Number(value), 0);
    expect(count).toBeGreaterThanOrEqual(answers.length);
  });

  it('is in no row of the database', { timeout: TIMEOUT_MS }, async ({ answers, paydesk }) => {
    expect(answers.length).toBeGreaterThan(0);
    const cells = await allCells(paydesk);
    expect(cells.filter(({ column, text }) => isLeak(column, text))).toEqual([]);
    expect(cells.filter(({ text }) => text.includes(EMAIL)).length).toBeGreaterThan(0);
  });
});

async function send(
  url: string,
  caller: Caller,
  { operation, place, target, headers, body }: PlantedRequest,
  withIds: (text: string) => string,
) {
  const response = await fetch(url + withIds(target), {
    method: operation.method,
    redirect: 'manual',
    headers: {
      'idempotency-key': randomUUID(),
      ...caller.authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: withIds(body) }),
  });
  const text = JSON.stringify([...response.headers]) + (await response.text());
  return { place, status: response.status, text };
}

/** Sends an event of Stripe's about a customer who has all of the secrets. */
async function sendEvent(url: string, now: Date): Promise<void> {
  const body = eventOf('customer.updated', {
    id: 'cus_unknown',
    email: EMAIL,
    name: SECRETS.flat().join(' '),
  });
  const signature = signatureOf(body, WEBHOOK_SECRET, Math.floor(now.getTime() / 1000));
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const { status } = await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

/** Every cell of every table, by `table.column`. */
async function allCells(paydesk: Paydesk): Promise<{ column: string; text: string }[]> {
  const tables = await query<{ name: string }>(
    paydesk,
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const cells = tables.map(({ name }) =>
    query<{ column: string; text: string }>(
      paydesk,
      `select '${name}.' || cell.key as column, cell.value as text
       from "${name}" as line, jsonb_each_text(to_jsonb(line)) as cell where cell.value is not null`,
    ),
  );
  return (await Promise.all(cells)).flat();
}

function isLeak(column: string, text: string): boolean {
  return PLANTED.test(MAY_BE_EMAIL.has(column) ? text.replaceAll(EMAIL, '') : text);
}
