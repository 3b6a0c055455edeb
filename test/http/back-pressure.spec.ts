import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect } from 'vitest';
import type { Caller } from '../support/caller.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse, sendRaw } from '../support/raw-request.js';
import { saveCard, someUser } from '../support/saved-card.js';

const DELAY_MAX_MS = 100;
/** So many requests run at any delay: docs/adr/0017-back-pressure.md. */
const RUNNING_MIN = 16;
const SHOP = 'https://shop.example';
/** What the service believes about the event loop of this process. */
const loop = { averageMs: 0 };

const pressureTest = paydeskTest({
  environment: {
    EVENT_LOOP_DELAY_MAX_MS: String(DELAY_MAX_MS),
    CORS_ORIGINS: SHOP,
    METRICS_PORT: '0',
    STRIPE_WEBHOOK_SECRET: 'whsec_pressure',
  },
  loopDelay: loop,
});
/**
 * A service that always runs as many requests as it does at any delay, with a credential and without one: their bodies never
 * arrive.
 */
const it = pressureTest.extend(
  'running',
  { scope: 'file', auto: true },
  async ({ paydesk, shop, clock }, { onCleanup }) => {
    const bodiless = 'Host: paydesk\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
    const seconds = Math.floor(clock.now().getTime() / 1000);
    const heads = {
      ofCallers: `POST /pay HTTP/1.1\r\nAuthorization: Bearer ${shop.credential}\r\n`,
      ofStrangers: `POST /webhooks/stripe HTTP/1.1\r\nStripe-Signature: t=${seconds},v1=${'0'.repeat(64)}\r\n`,
    };
    const sockets: Record<keyof typeof heads, Socket[]> = { ofCallers: [], ofStrangers: [] };
    const start = (kind: keyof typeof heads) =>
      sockets[kind].push(sendRaw(paydesk.url, `${heads[kind]}${bodiless}`));
    const areRefused = async () => {
      loop.averageMs = DELAY_MAX_MS;
      await expect.poll(() => statusOf(paydesk.stranger())).toBe(503);
      await expect.poll(() => statusOf(shop)).toBe(503);
      loop.averageMs = 0;
    };
    for (let i = 0; i < RUNNING_MIN; i += 1) {
      start('ofCallers');
      start('ofStrangers');
    }
    await areRefused();
    onCleanup(() =>
      Object.values(sockets)
        .flat()
        .forEach((socket) => socket.destroy()),
    );
    return { sockets, start, areRefused };
  },
);
it.afterEach(() => {
  loop.averageMs = 0;
});

async function statusOf(caller: Caller): Promise<number> {
  const { status } = await caller.get('/pay/payments');
  return status;
}

it('some requests of callers run, and some without a credential, however late the event loop is', async ({
  paydesk,
  shop,
  running,
}) => {
  const stranger = paydesk.stranger();
  for (const [kind, caller, other, status] of [
    ['ofStrangers', stranger, shop, 401],
    ['ofCallers', shop, stranger, 200],
  ] as const) {
    running.sockets[kind].pop()?.destroy();
    loop.averageMs = 10 * DELAY_MAX_MS;
    await expect.poll(() => statusOf(caller)).toBe(status);
    expect([await statusOf(caller), await statusOf(other)]).toEqual([status, 503]);
    running.start(kind);
    await running.areRefused();
  }
});

describe('while the event loop is too late', () => {
  it('a charge is refused at once, and done by its repetition later', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const key = { 'idempotency-key': randomUUID(), 'x-request-id': 'refused-1' };
    const charge = () => partner.post(`/partners/user/${user}/payment_intent`, body, key);
    const callsBefore = paydesk.stripeCalls.length;
    loop.averageMs = DELAY_MAX_MS;
    const refused = await charge();
    expectProblem(refused, 'unavailable');
    expect(refused.body.instance).toBe('urn:paydesk:request:refused-1');
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '1',
      'cache-control': 'no-store',
      'x-request-id': 'refused-1',
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(paydesk.stripeCalls).toHaveLength(callsBefore);
    expect(paydesk.log).toContainEqual(
      expect.objectContaining({
        msg: expect.stringMatching(/^Refused 1 requests: .* 100 ms late$/) as string,
      }),
    );
    loop.averageMs = 0;
    expect((await charge()).status).toBe(201);
  });

  it('an event is refused, which Stripe sends again', async ({ paydesk }) => {
    loop.averageMs = DELAY_MAX_MS;
    const sent = { method: 'POST', headers: { 'stripe-signature': 't=1,v1=00' }, body: '{}' };
    expect((await fetch(`${paydesk.url}/webhooks/stripe`, sent)).status).toBe(503);
  });

  it('probes, preflights and metrics are answered', async ({ paydesk }) => {
    loop.averageMs = 10 * DELAY_MAX_MS;
    const caller = paydesk.stranger();
    expect((await caller.get('/health/live')).status).toBe(200);
    expect((await caller.get('/health/ready')).status).toBe(200);
    const preflight = { origin: SHOP, 'access-control-request-method': 'GET' };
    const history = `${paydesk.url}/payments/get-history`;
    expect((await fetch(history, { method: 'OPTIONS', headers: preflight })).status).toBe(204);
    expect((await caller.get('/pay/payments')).status).toBe(503);
    const metrics = await (await fetch(paydesk.metricsUrl ?? '')).text();
    expect(metrics).toMatch(/^paydesk_http_requests_refused_total\{pressure="event-loop"\} [1-9]/m);
  });

  it('a page of an allowed origin can read the refusal', async ({ paydesk }) => {
    loop.averageMs = DELAY_MAX_MS;
    const { headers } = await paydesk.stranger().get('/payments/get-history', { origin: SHOP });
    expect(headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(headers.get('vary')).toBe('Origin');
    const other = await paydesk.stranger().get('/payments/get-history', { origin: 'https://evil.example' });
    expect(other.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('a connection is used again, unless it is not clear where the next request begins', async ({
    paydesk,
  }) => {
    loop.averageMs = DELAY_MAX_MS;
    const post = 'POST /pay HTTP/1.1\r\nHost: paydesk\r\n';
    const last = 'GET /health/live HTTP/1.1\r\nHost: paydesk\r\nConnection: close\r\n\r\n';
    const answers = await exchange(paydesk.url, `${post}Content-Length: 2\r\n\r\n{}${last}`);
    expect(answers).toMatch(/^HTTP\/1\.1 503 [^]*HTTP\/1\.1 200 /);
    for (const unclear of [`${post}Transfer-Encoding: chunked\r\n`, `${post}Host: other\r\n`]) {
      const { status, headers } = parseResponse(await exchange(paydesk.url, `${unclear}\r\n`));
      expect([status, headers.get('connection')]).toEqual([503, 'close']);
    }
  });
});

it('on a connection that is in use, a refusal costs no parsing', async ({ paydesk }) => {
  const socket = sendRaw(paydesk.url, '');
  const ask = async (bytes: string) => {
    socket.write(bytes);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return parseResponse(answer.toString());
  };
  const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: paydesk\r\nX-Request-Id: piece-1\r\n`;
  const whole = (path: string) => `${head(path)}Content-Length: 2\r\n\r\n{}`;
  const unauthorized = await ask(whole('/pay'));
  expect([unauthorized.status, unauthorized.headers.has('date')]).toEqual([401, true]);

  loop.averageMs = 10 * DELAY_MAX_MS;
  for (let i = 0; i < 2; i += 1) {
    const refused = await ask(whole('/pay'));
    expect(refused.status).toBe(503);
    expect(refused.document).toMatchObject({
      type: 'urn:paydesk:unavailable',
      instance: 'urn:paydesk:request:piece-1',
    });
    // Node adds it to what it has parsed.
    expect(refused.headers.has('date')).toBe(false);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '1',
      'cache-control': 'no-store',
      'x-request-id': 'piece-1',
      'content-type': 'application/problem+json; charset=utf-8',
    });
  }
  loop.averageMs = DELAY_MAX_MS * 0.625;
  const statuses: number[] = [];
  for (let i = 0; i < 20; i += 1) statuses.push((await ask(whole('/pay'))).status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(5);
  loop.averageMs = 10 * DELAY_MAX_MS;
  expect((await ask('GET /health/live HTTP/1.1\r\nHost: paydesk\r\n\r\n')).status).toBe(200);

  loop.averageMs = 0;
  expect((await ask(whole('/pay'))).status).toBe(401);
  loop.averageMs = 10 * DELAY_MAX_MS;
  const inPieces = await ask(`${head('/pay')}Content-Length: 2\r\n\r\n`);
  expect([inPieces.status, inPieces.headers.has('date')]).toEqual([503, true]);
  socket.write('{}');
  const afterPieces = await ask(whole('/pay'));
  expect([afterPieces.status, afterPieces.headers.has('date')]).toEqual([503, true]);
  socket.destroy();
});

it('refuses a share of the requests that grows with the delay', async ({ paydesk }) => {
  const refusedOf = async (count: number) => {
    let refused = 0;
    for (let i = 0; i < count; i += 1) refused += Number((await statusOf(paydesk.stranger())) === 503);
    return refused;
  };
  loop.averageMs = DELAY_MAX_MS / 2;
  expect(await refusedOf(20)).toBe(0);
  loop.averageMs = DELAY_MAX_MS * 0.625;
  expect(await refusedOf(20)).toBe(5);
  loop.averageMs = DELAY_MAX_MS * 0.75;
  expect(await refusedOf(20)).toBe(10);
  loop.averageMs = 10 * DELAY_MAX_MS;
  expect(await refusedOf(20)).toBe(20);
});
