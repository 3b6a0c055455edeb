import { connect } from 'node:net';
import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse } from '../support/raw-request.js';

const HOST = 'Host: paydesk\r\n';
const LARGE = `X-Large: ${'x'.repeat(20_000)}\r\n`;
const TWO_LENGTHS = 'Content-Length: 2\r\nContent-Length: 3\r\n';
const BOTH_LENGTHS = 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

const it = paydeskTest();

describe('returns a problem document if the HTTP parser refuses', () => {
  it.for<[string, string, number, string]>([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'invalid-request'],
    ['a bad request line', `GET / HTTP/9.9\r\n${HOST}\r\n`, 400, 'invalid-request'],
    ['an unknown method', `PAY / HTTP/1.1\r\n${HOST}\r\n`, 400, 'invalid-request'],
    ['a bad header', `GET / HTTP/1.1\r\n${HOST}a b: c\r\n\r\n`, 400, 'invalid-request'],
    ['two Content-Lengths', `POST /pay HTTP/1.1\r\n${HOST}${TWO_LENGTHS}\r\n{}`, 400, 'invalid-request'],
    ['two kinds of length', `POST /pay HTTP/1.1\r\n${HOST}${BOTH_LENGTHS}\r\n{}`, 400, 'invalid-request'],
    [
      'a bad chunk',
      `POST /pay HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
      400,
      'invalid-request',
    ],
    ['headers over 16 kB', `GET / HTTP/1.1\r\n${HOST}${LARGE}\r\n`, 431, 'headers-too-large'],
  ])('%s', async ([_what, request, status, slug], { paydesk }) => {
    const { statusLine, headers, body, document } = parseResponse(await exchange(paydesk.url, request));
    expect(statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('connection')).toBe('close');
    expect(Number(headers.get('content-length'))).toBe(Buffer.byteLength(body));
    expect(document).toMatchObject({ type: `urn:paydesk:${slug}`, status, retryable: false });
    expect(document.instance).toMatch(/^urn:paydesk:request:/);
  });
});

it('sends no content with the refusal of a HEAD request', async ({ paydesk }) => {
  const response = await exchange(paydesk.url, `HEAD /\u0001 HTTP/1.1\r\n${HOST}\r\n`);
  expect(response).toMatch(/^HTTP\/1\.1 400 /);
  expect(response.split('\r\n\r\n')).toEqual([expect.any(String), '']);
});

it('raises no alert for a caller that disconnects within a body', async ({ paydesk }) => {
  const { hostname, port } = new URL(paydesk.url);
  const head = `POST /webhooks/stripe HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100\r\n\r\n{`;
  const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.destroy()));
  await new Promise((resolve) => socket.on('close', resolve));
  // A later request, so that the server has noticed the disconnect.
  expect((await paydesk.stranger().get('/health/live')).status).toBe(200);
  expect(paydesk.log).toEqual([]);
});
