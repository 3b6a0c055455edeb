import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createBoundedHttpClient } from './bounded-http-client.js';

const TIMEOUT_MS = 100;
const DRIP_MS = 10;

/** Sends one request to a server that responds with `reply`. */
async function ask(reply: (response: ServerResponse) => void) {
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
    TIMEOUT_MS,
  );
}

it('returns a complete response', async () => {
  const response = await ask((reply) => reply.end('{"object":"charge"}'));
  expect(await response.toJSON()).toEqual({ object: 'charge' });
});

it('aborts a response that is not complete within the timeout', async () => {
  const response = await ask((reply) => {
    const drip = setInterval(() => reply.write(' '), DRIP_MS);
    reply.once('close', () => clearInterval(drip));
  });
  await expect(response.toJSON()).rejects.toBeInstanceOf(Error);
});
