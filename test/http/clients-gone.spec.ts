import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect } from 'vitest';
import { query, withLock } from '../support/database.js';
import { FOREVER_MS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { readMetrics } from '../support/metrics.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { sendRaw } from '../support/raw-request.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { eventOf, signatureOf, someEventId } from '../webhooks/stripe-event.js';

/** So many reads and so many writes of one caller run if no other calls: docs/adr/0017-back-pressure.md. */
const RUNNING_MAX = 2;
const SECRET = 'whsec_gone';

type Headers = Record<string, string>;

function bytesOf(method: string, path: string, headers: Headers, body = ''): string {
  const lines = Object.entries({ Host: 'paydesk', 'Content-Length': String(body.length), ...headers });
  return `${method} ${path} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${body}`;
}

const it = paydeskTest({
  environment: { STRIPE_CALLS_MAX: String(RUNNING_MAX), METRICS_PORT: '0', STRIPE_WEBHOOK_SECRET: SECRET },
  workerByHand: true,
})
  .extend('runningCount', ({ paydesk }) => async () => {
    const { paydesk_http_requests_running: count } = await readMetrics(paydesk);
    return count;
  })
  /** Closes connections whose request is not answered, and waits until the service has seen it. */
  .extend('leave', ({ paydesk }) => async (sockets: readonly Socket[]) => {
    const goneCount = async () =>
      Object.entries(await readMetrics(paydesk))
        .filter(([sample]) => sample.startsWith('paydesk_http_requests_aborted_total'))
        .reduce((sum, [, count]) => sum + count, 0);
    const before = await goneCount();
    for (const socket of sockets) socket.destroy();
    await expect.poll(goneCount).toBe(before + sockets.length);
  })
  .extend('signed', ({ clock }) => (event: string) => {
    const signature = signatureOf(event, SECRET, Math.floor(clock.now().getTime() / 1000));
    return { 'Content-Type': 'application/json', 'Stripe-Signature': signature };
  });

describe('requests whose client hangs up', () => {
  it('run until they are done, and count until then: writes', async ({
    paydesk,
    partner,
    runningCount,
    leave,
  }) => {
    const user = someUser();
    const body = {
      amount: '3000',
      description: user,
      stripe_payment_method_id: await saveCard(paydesk, partner, user),
    };
    const path = `/partners/user/${user}/payment_intent`;
    const charge = (key: string) => partner.post(path, body, { 'idempotency-key': key });
    const keys = Array.from({ length: RUNNING_MAX }, () => randomUUID());
    const hang = paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/payment_intents',
      kinds: ['wait'],
      share: 1,
      waitMs: FOREVER_MS,
    });
    const sockets = keys.map((key) => {
      const headers = {
        ...partner.authorization,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      };
      return sendRaw(paydesk.url, bytesOf('POST', path, headers, JSON.stringify(body)));
    });
    await expect.poll(() => hang.injected.wait).toBe(RUNNING_MAX);
    await leave(sockets);
    expect(await runningCount()).toBe(RUNNING_MAX);
    expectProblem(await charge(randomUUID()), 'unavailable');
    expect(hang.injected.wait).toBe(RUNNING_MAX);

    paydesk.sandbox.faults.clear();
    await expect.poll(runningCount).toBe(0);
    for (const key of keys) {
      const { status, headers } = await charge(key);
      expect([status, headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    }
    expect((await charge(randomUUID())).status).toBe(201);
  });

  it('run until they are done, and count until then: reads', async ({
    paydesk,
    partner,
    runningCount,
    leave,
  }) => {
    // Equal reads share their call to Stripe.
    const paths = Array.from({ length: RUNNING_MAX }, () => `/partners/user/${someUser()}/payments`);
    for (const path of paths) await saveCard(paydesk, partner, path.split('/')[3] ?? '');
    const hang = paydesk.sandbox.faults.add({
      method: 'GET',
      kinds: ['wait'],
      share: 1,
      waitMs: FOREVER_MS,
    });
    const sockets = paths.map((path) => sendRaw(paydesk.url, bytesOf('GET', path, partner.authorization)));
    await expect.poll(() => hang.injected.wait).toBe(RUNNING_MAX);
    await leave(sockets);
    expect(await runningCount()).toBe(RUNNING_MAX);
    expectProblem(await partner.get(paths[0] ?? ''), 'unavailable');

    paydesk.sandbox.faults.clear();
    await expect.poll(runningCount).toBe(0);
    expect((await partner.get(paths[0] ?? '')).status).toBe(200);
  });

  it('while they are authenticated are not begun', async ({ paydesk, runningCount, leave }) => {
    const partner = await paydesk.partner('acme');
    const callsBefore = paydesk.stripeCalls.length;
    await withLock(paydesk, 'lock table api_keys in access exclusive mode', async () => {
      const path = `/partners/user/${someUser()}/setup_intent`;
      const socket = sendRaw(paydesk.url, bytesOf('POST', path, partner.authorization));
      await expect.poll(runningCount).toBe(1);
      await leave([socket]);
      expect(await runningCount()).toBe(1);
    });
    await expect.poll(runningCount).toBe(0);
    expect(paydesk.stripeCalls).toHaveLength(callsBefore);
  });

  it('count until they are done: an event of Stripe', async ({ paydesk, signed, runningCount, leave }) => {
    const id = someEventId();
    const event = eventOf('charge.succeeded', { id: 'ch_1' }, id);
    const countStored = async () =>
      (await query(paydesk, 'select id from webhook_events where id = $1', [id])).length;
    await withLock(paydesk, 'lock table webhook_events in share mode', async () => {
      const socket = sendRaw(paydesk.url, bytesOf('POST', '/webhooks/stripe', signed(event), event));
      await expect.poll(runningCount).toBe(1);
      await leave([socket]);
      expect(await runningCount()).toBe(1);
    });
    await expect.poll(runningCount).toBe(0);
    expect(await countStored()).toBe(1);
  });
});

describe('a place is free again after', () => {
  const EVENT = eventOf('charge.succeeded', { id: 'ch_1' });
  const JSON_BODY = { 'Content-Type': 'application/json' };

  it.for<
    [
      what: string,
      method: string,
      path: string,
      access: 'partner' | 'shop' | 'signed' | '',
      string?,
      Headers?,
    ]
  >([
    ['an unknown route', 'GET', '/nowhere', ''],
    ['an unknown path of a known caller', 'GET', '/nowhere', 'shop'],
    ['a request without a credential', 'POST', '/pay', '', '{}', JSON_BODY],
    ['a wrong credential', 'POST', '/pay', '', '{}', { ...JSON_BODY, Authorization: 'Bearer wrong' }],
    ['another kind of caller', 'POST', '/pay', 'partner', '{}', JSON_BODY],
    ['an ambiguous request', 'GET', '/pay/payments', 'shop', 'a'],
    ['a body that is no JSON', 'POST', '/pay', 'shop', '{', JSON_BODY],
    ['a body of another type', 'POST', '/pay', 'shop', 'a', { 'Content-Type': 'text/plain' }],
    ['a body that is too long', 'POST', '/pay', 'shop', `"${'a'.repeat(200_000)}"`, JSON_BODY],
    ['invalid fields', 'POST', '/pay', 'shop', '{}', JSON_BODY],
    ['an invalid Idempotency-Key', 'POST', '/pay', 'shop', '{}', { ...JSON_BODY, 'Idempotency-Key': ' ' }],
    ['a foreign object', 'GET', '/customers/nobody', 'shop'],
    ['a read', 'GET', '/pay/payments', 'shop'],
    ['a HEAD', 'HEAD', '/pay/payments', 'shop'],
    ['an operation', 'POST', '/partners/user/places/setup_intent', 'partner'],
    ['a dry run', 'POST', '/partners/user/places/setup_intent?dryRun=true', 'partner'],
    ['a page', 'GET', '/confirm/unknown', ''],
    ['a form', 'POST', '/confirm/unknown/authenticate', ''],
    ['a style sheet', 'GET', '/confirm/style.css', ''],
    ['the documentation', 'GET', '/docs', ''],
    ['a file', 'GET', '/docs/swagger-ui-bundle.js', ''],
    ['a large document', 'GET', '/docs/openapi.json', ''],
    ['an event of Stripe', 'POST', '/webhooks/stripe', 'signed', EVENT],
    ['an event without a signature', 'POST', '/webhooks/stripe', '', EVENT, JSON_BODY],
    ['an event that is waited for', 'POST', '/webhooks/stripe', 'signed', EVENT, { Expect: '100-continue' }],
    ['a probe', 'GET', '/health/ready', ''],
    ['an OPTIONS that is no preflight', 'OPTIONS', '/pay', ''],
  ])(
    '%s',
    async ([, method, path, access, body, headers], { paydesk, partner, shop, signed, runningCount }) => {
      const callers = {
        partner: partner.authorization,
        shop: shop.authorization,
        signed: signed(EVENT),
        '': {},
      };
      const bytes = bytesOf(method, path, { ...callers[access], ...headers }, body);
      const answered = sendRaw(paydesk.url, bytes);
      await once(answered, 'data');
      answered.destroy();
      for (let i = 0; i <= RUNNING_MAX; i += 1) {
        const left = sendRaw(paydesk.url, '');
        await once(left, 'connect');
        left.on('error', () => undefined).write(bytes, 'latin1', () => left.destroy());
        await once(left, 'close');
      }
      await expect.poll(runningCount).toBe(0);
    },
  );
});
