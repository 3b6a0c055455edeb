import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBoundedHttpClient, type HttpClient, type HttpResponse } from './bounded-http-client.js';

const DRIP_MS = 10;

/** Starts a server, and returns what sends requests to it. */
async function serve(listener: RequestListener, client: HttpClient = createBoundedHttpClient()) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close().closeAllConnections();
    await once(server, 'close');
  };
  onTestFinished(() => (server.listening ? close() : undefined));
  const ask = (timeoutMs = 60_000, method = 'GET', body = '') =>
    client.makeRequest('127.0.0.1', String(port), '/', method, {}, body, 'http', timeoutMs);
  return { ask, close };
}

/** The code of the error with which a request or its body fails. */
async function failureOf(response: Promise<HttpResponse>): Promise<unknown> {
  try {
    await (await response).toJSON();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

it('returns a complete response', async () => {
  const { ask } = await serve((_request, reply) =>
    reply.setHeader('Request-Id', 'req_1').end('{"object":"charge"}'),
  );
  const response = await ask();
  expect(response.getStatusCode()).toBe(200);
  expect(response.getHeaders()).toMatchObject({ 'request-id': 'req_1' });
  expect(await response.toJSON()).toEqual({ object: 'charge' });
});

it('sends the body of a request', async () => {
  const { ask } = await serve((request, reply) => request.pipe(reply));
  expect(await (await ask(60_000, 'POST', '{"amount":1}')).toJSON()).toEqual({ amount: 1 });
});

it('aborts a response that is not complete within the timeout', async () => {
  const { ask } = await serve((_request, reply) => {
    const drip = setInterval(() => reply.write(' '), DRIP_MS);
    reply.once('close', () => clearInterval(drip));
  });
  expect(await failureOf(ask(100))).toBe('ETIMEDOUT');
});

it('uses the connection again after a complete response that was discarded', async () => {
  const ports = new Set<number | undefined>();
  const { ask } = await serve((request, reply) => {
    ports.add(request.socket.remotePort);
    reply.end('{}');
  });
  const discarded = await ask();
  await discarded.toJSON();
  discarded.dispose?.();
  // In the same turn of the event loop, undici takes it for busy.
  await nextTurn();
  expect(await (await ask()).toJSON()).toEqual({});
  expect(ports.size).toBe(1);
});

it('closes the connection of a discarded response that is not complete', async () => {
  let closed: Promise<unknown> | undefined;
  const { ask } = await serve((_request, reply) => {
    closed = once(reply, 'close');
    reply.write('{');
  });
  const response = await ask();
  response.dispose?.();
  await closed;
  await expect(response.toJSON()).rejects.toThrow('Failed to read the response body');
});

it('waits for the response after an interim one', async () => {
  const { ask } = await serve((_request, reply) => {
    reply.writeEarlyHints({ link: '</style.css>; rel=preload' });
    reply.end('{"object":"charge"}');
  });
  const response = await ask();
  expect(response.getStatusCode()).toBe(200);
  expect(await response.toJSON()).toEqual({ object: 'charge' });
});

/** stripe-node decides by these codes whether to try again, and we what an outcome is. */
describe.each([
  ['ours', createBoundedHttpClient],
  ["stripe-node's", () => Stripe.createNodeHttpClient()],
])('the code of a failure of %s', (_name, createClient) => {
  it('is ECONNREFUSED if nobody listens', async () => {
    const { ask, close } = await serve(() => undefined, createClient());
    await close();
    expect(await failureOf(ask())).toBe('ECONNREFUSED');
  });

  it('is ECONNRESET if the connection is closed before the response', async () => {
    const { ask } = await serve((request) => request.socket.end(), createClient());
    expect(await failureOf(ask())).toBe('ECONNRESET');
  });

  it('is ECONNRESET if the connection is reset before the response', async () => {
    const { ask } = await serve((request) => request.socket.resetAndDestroy(), createClient());
    expect(await failureOf(ask())).toBe('ECONNRESET');
  });

  it('is ETIMEDOUT if there is no response', async () => {
    const { ask } = await serve(() => undefined, createClient());
    expect(await failureOf(ask(100))).toBe('ETIMEDOUT');
  });

  it('is ECONNRESET if the response is cut off', async () => {
    const { ask } = await serve((request, reply) => {
      reply.writeHead(200, { 'Content-Length': 100 });
      reply.write('{', () => request.socket.resetAndDestroy());
    }, createClient());
    expect(await failureOf(ask())).toBe('ECONNRESET');
  });
});
