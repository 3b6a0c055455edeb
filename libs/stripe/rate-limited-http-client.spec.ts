import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RateLimitPauses } from './rate-limit-pauses.js';
import { pauseWhenRateLimited } from './rate-limited-http-client.js';

const TIMEOUT_MS = 60_000;

type Reply = (response: ServerResponse) => void;

const ok: Reply = (response) => response.end('{"object":"charge"}');
const refuse =
  (status: number, code: string, reason?: string): Reply =>
  (response) =>
    response
      .writeHead(status, reason ? { 'Stripe-Rate-Limited-Reason': reason } : {})
      .end(JSON.stringify({ error: { code } }));

/** A client whose server counts requests and replies with `replies` in turn, and then with success. */
async function clientOf(...replies: Reply[]) {
  let sent = 0;
  let now = new Date(0);
  const server = createServer((_request, response) => (replies[sent++] ?? ok)(response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const port = String((server.address() as AddressInfo).port);
  const client = pauseWhenRateLimited(Stripe.createNodeHttpClient(), new RateLimitPauses({ now: () => now }));
  return {
    sent: () => sent,
    waitMs: (ms: number) => void (now = new Date(now.getTime() + ms)),
    async status(method: string, path: string) {
      const response = await client.makeRequest('127.0.0.1', port, path, method, {}, '', 'http', TIMEOUT_MS);
      await response.toJSON();
      return response.getStatusCode();
    },
  };
}

describe('a rate limit', () => {
  it.each([undefined, 'endpoint-rate', 'endpoint-concurrency'])(
    'pauses only its endpoint if the reason is %s',
    async (reason) => {
      const client = await clientOf(refuse(429, 'rate_limit', reason));
      expect(await client.status('GET', '/v1/checkout/sessions/cs_1')).toBe(429);
      expect(await client.status('GET', '/v1/checkout/sessions/cs_2')).toBe(429);
      expect(client.sent()).toBe(1);
      expect(await client.status('GET', '/v1/checkout/sessions')).toBe(200);
      expect(await client.status('GET', '/v1/payment_intents/pi_1')).toBe(200);
      expect(await client.status('POST', '/v1/payment_intents')).toBe(200);
    },
  );

  it.each(['global-rate', 'global-concurrency'])(
    'pauses all reads and no write if a read is limited by %s',
    async (reason) => {
      const client = await clientOf(refuse(429, 'rate_limit', reason));
      expect(await client.status('GET', '/v1/charges')).toBe(429);
      expect(await client.status('GET', '/v1/payment_intents/pi_1')).toBe(429);
      expect(client.sent()).toBe(1);
      expect(await client.status('POST', '/v1/payment_intents')).toBe(200);
    },
  );

  it('pauses all writes and no read if a write is limited globally', async () => {
    const client = await clientOf(refuse(429, 'rate_limit', 'global-rate'));
    expect(await client.status('POST', '/v1/refunds')).toBe(429);
    expect(await client.status('POST', '/v1/payment_intents')).toBe(429);
    expect(client.sent()).toBe(1);
    expect(await client.status('GET', '/v1/charges')).toBe(200);
  });

  it('pauses after a 400 with the code rate_limit too', async () => {
    const client = await clientOf(refuse(400, 'rate_limit'));
    expect(await client.status('POST', '/v1/refunds')).toBe(400);
    expect(await client.status('POST', '/v1/refunds')).toBe(429);
    expect(client.sent()).toBe(1);
  });

  it.each<[string, Reply]>([
    ['a lock on one object', refuse(429, 'lock_timeout')],
    ['a limit on one object', refuse(429, 'rate_limit', 'resource-specific')],
    ['another refusal', refuse(400, 'parameter_missing')],
  ])('is not %s', async (_what, reply) => {
    const client = await clientOf(reply);
    await client.status('POST', '/v1/payment_intents/pi_1');
    expect(await client.status('POST', '/v1/payment_intents/pi_2')).toBe(200);
  });

  it('pauses twice as long each time, up to 16 s, until a request succeeds', async () => {
    const limited = refuse(429, 'rate_limit');
    const client = await clientOf(limited, limited, limited, limited, limited, limited, ok, limited);
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 16_000]) {
      const sent = client.sent();
      expect(await client.status('GET', '/v1/charges')).toBe(429);
      client.waitMs(pauseMs - 1);
      expect(await client.status('GET', '/v1/charges')).toBe(429);
      expect(client.sent()).toBe(sent + 1);
      client.waitMs(1);
    }
    expect(await client.status('GET', '/v1/charges')).toBe(200);
    expect(await client.status('GET', '/v1/charges')).toBe(429);
    client.waitMs(1_000);
    expect(await client.status('GET', '/v1/charges')).toBe(200);
  });
});
