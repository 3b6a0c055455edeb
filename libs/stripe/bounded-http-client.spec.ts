import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createBoundedHttpClient } from './bounded-http-client.js';

const DRIP_MS = 10;

/** Sends one request to a server that responds with `reply`. */
async function ask(timeoutMs: number, reply: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => reply(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return createBoundedHttpClient().makeRequest(
    '127.0.0.1',
    String(port),
    '/',
    'GET',
    {},
    '',
    'http',
    timeoutMs,
  );
}

it('returns a complete response', async () => {
  const response = await ask(60_000, (reply) => reply.end('{"object":"charge"}'));
  expect(await response.toJSON()).toEqual({ object: 'charge' });
});

it('aborts a response that is not complete within the timeout', async () => {
  const response = ask(100, (reply) => {
    const drip = setInterval(() => reply.write(' '), DRIP_MS);
    reply.once('close', () => clearInterval(drip));
  });
  await expect(response.then((started) => started.toJSON())).rejects.toBeInstanceOf(Error);
});
