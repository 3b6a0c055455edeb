import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { clientErrorProblem, sendRawProblem } from './client-error.js';

it('answers a request that does not arrive in time with 408, and when to repeat it', async () => {
  const timeout = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  const server = createServer((socket) => sendRawProblem(clientErrorProblem(timeout), socket)).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');

  const response = await text(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  const [head = '', body = ''] = response.split('\r\n\r\n');
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining(['HTTP/1.1 408 Request Timeout', 'Retry-After: 1', 'Connection: close']),
  );
  expect(JSON.parse(body)).toMatchObject({
    type: 'urn:paydesk:request-timeout',
    status: 408,
    retryable: true,
  });
});
