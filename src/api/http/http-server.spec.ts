import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Connections } from './connections.js';
import { createHttpServer } from './http-server.js';

const TIMEOUT_MS = 500;
const READ_EVERY_MS = 2;
const BYTES_PER_READ = 64 * 1024;
/** Takes the client several seconds. */
const RESPONSE = Buffer.alloc(256 * 1024 * 1024);

it('disconnects a client that reads a little again and again', async () => {
  const connections = new Connections(TIMEOUT_MS);
  const limits = { requestTimeoutMs: TIMEOUT_MS, maxConnections: 10 };
  const handler: RequestListener = (_request, response) => response.end(RESPONSE);
  const server = createHttpServer(handler, connections, limits, (_request, parse) => {
    parse();
    return undefined;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let receivedBytes = 0;
  const reading = setInterval(
    () => (receivedBytes += socket.read(BYTES_PER_READ)?.length ?? 0),
    READ_EVERY_MS,
  );
  onTestFinished(() => {
    clearInterval(reading);
    socket.destroy();
    server.close();
  });
  socket.on('error', () => undefined).once('readable', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [served] = await once(server, 'connection');
  await once(served, 'close');
  expect(receivedBytes).toBeGreaterThan(0);
  expect(receivedBytes).toBeLessThan(RESPONSE.length / 2);
});
