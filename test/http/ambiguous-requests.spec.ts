import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse } from '../support/raw-request.js';
import { saveCard, someUser } from '../support/saved-card.js';

const LIVE = '/health/live HTTP/1.1\r\n';
const HOST = 'Host: paydesk\r\n';
const JSON_BODY = 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const NO_CHUNK = '\r\n0\r\n\r\n';
const CLOSE = 'Connection: close\r\n\r\n';

const it = paydeskTest();

describe('refuses, and closes the connection, for', () => {
  it.afterAll(({ paydesk }) => expect(paydesk.log).toEqual([]));

  it.for<[what: string, request: string, field: string]>([
    ['two Hosts', `GET ${LIVE}${HOST}${HOST}\r\n`, 'Host'],
    ['no Host', `GET ${LIVE}\r\n`, 'Host'],
    ['a Host that is none', `GET ${LIVE}Host: a/b\r\n\r\n`, 'Host'],
    ['a Host with a user name', `GET ${LIVE}Host: a@b\r\n\r\n`, 'Host'],
    ['a URL of another host', `GET http://other${LIVE}${HOST}\r\n`, 'Host'],
    ['two Authorizations', `GET ${LIVE}${HOST}Authorization: a\r\nAuthorization: b\r\n\r\n`, 'Authorization'],
    ['two Content-Types', `POST /pay HTTP/1.1\r\n${HOST}content-type: a/b\r\n${JSON_BODY}`, 'Content-Type'],
    ['two request ids', `GET ${LIVE}${HOST}X-Request-Id: a\r\nX-Request-Id: b\r\n\r\n`, 'X-Request-Id'],
    [
      'another coding',
      `POST /pay HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n${NO_CHUNK}`,
      'Transfer-Encoding',
    ],
    ['chunks in HTTP/1.0', `POST /pay HTTP/1.0\r\n${HOST}${CHUNKED}${NO_CHUNK}`, 'Transfer-Encoding'],
    ['a body of a GET', `GET ${LIVE}${HOST}Content-Length: 2\r\n\r\n{}`, 'body'],
    ['a chunked body of a GET', `GET ${LIVE}${HOST}${CHUNKED}${NO_CHUNK}`, 'body'],
    ['a body of a DELETE', `DELETE ${LIVE}${HOST}${JSON_BODY}`, 'body'],
    ['an unknown Expect', `GET ${LIVE}${HOST}Expect: a\r\n\r\n`, 'Expect'],
    ['CONNECT', `CONNECT other:443 HTTP/1.1\r\n${HOST}\r\n`, 'request'],
    ['two codings', `POST /pay HTTP/1.1\r\n${HOST}${CHUNKED}${CHUNKED}${NO_CHUNK}`, 'request'],
    ['a folded header', `GET ${LIVE}${HOST}A: b\r\n c\r\n\r\n`, 'request'],
    ['a space before a colon', `GET ${LIVE}Host : a\r\n\r\n`, 'request'],
    ['lines without CR', `GET /health/live HTTP/1.1\nHost: a\n\n`, 'request'],
  ])('%s', async ([_what, request, field], { paydesk }) => {
    const { status, headers, document } = parseResponse(await exchange(paydesk.url, request));
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('connection')).toBe('close');
    expect(document).toMatchObject({ type: 'urn:paydesk:invalid-request', errors: [{ field }] });
  });

  it.for([101, 2500])('%i headers', async (count, { paydesk }) => {
    const request = `GET ${LIVE}${HOST}${'A: b\r\n'.repeat(count - 1)}\r\n`;
    const { status, document } = parseResponse(await exchange(paydesk.url, request));
    expect({ status, type: document.type }).toEqual({ status: 431, type: 'urn:paydesk:headers-too-large' });
  });
});

describe('accepts', () => {
  it.for<[what: string, request: string]>([
    ['100 headers', `GET ${LIVE}${HOST}${'A: b\r\n'.repeat(98)}${CLOSE}`],
    ['HTTP/1.0 without a Host', `GET /health/live HTTP/1.0\r\n\r\n`],
    ['a URL with its host', `GET http://paydesk${LIVE}${HOST}${CLOSE}`],
    ['a host by its address', `GET ${LIVE}Host: [::1]:3000\r\n${CLOSE}`],
    ['no upgrade to another protocol', `GET ${LIVE}${HOST}Upgrade: h2c\r\n${CLOSE}`],
    ['a GET with a body of no length', `GET ${LIVE}${HOST}Content-Length: 0\r\n${CLOSE}`],
  ])('%s', async ([_what, request], { paydesk }) => {
    const { status, document } = parseResponse(await exchange(paydesk.url, request));
    expect({ status, document }).toEqual({ status: 200, document: { status: 'ok' } });
  });
});

// Node drops the headers after the 2,000th, and without its key a repeated charge is another one.
it('charges nothing if the Idempotency-Key is behind too many headers', async ({ paydesk, partner }) => {
  const user = someUser();
  const body = JSON.stringify({
    amount: '3000',
    description: 'Wellness exam',
    stripe_payment_method_id: await saveCard(paydesk, partner, user),
  });
  const calls = paydesk.stripeCalls.length;
  const request =
    `POST /partners/user/${user}/payment_intent HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n` +
    `Authorization: ${partner.authorization['authorization']}\r\nContent-Length: ${body.length}\r\n` +
    `${'A:b\r\n'.repeat(2000)}Idempotency-Key: order-1\r\n${CLOSE}${body}`;
  expect(parseResponse(await exchange(paydesk.url, request)).status).toBe(431);
  expect(paydesk.stripeCalls.slice(calls)).toEqual([]);
});

it.for<[name: string, values: [string, string], type: string]>([
  ['Idempotency-Key', ['order-1', 'order-1'], 'idempotency-key-invalid'],
  ['Idempotency-Key', ['"order-1"', '"order-1"'], 'idempotency-key-invalid'],
  ['Idempotency-Key', ['', 'order-1'], 'idempotency-key-invalid'],
  ['Dry-Run', ['true', 'true'], 'invalid-request'],
])('refuses two headers %s: %j', async ([name, values, type], { paydesk, partner }) => {
  const body = '{}';
  const request =
    `POST /partners/user/${someUser()}/setup_intent HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n` +
    `Authorization: ${partner.authorization['authorization']}\r\nContent-Length: ${body.length}\r\n` +
    `${values.map((value) => `${name}: ${value}\r\n`).join('')}${CLOSE}${body}`;
  const { status, document } = parseResponse(await exchange(paydesk.url, request));
  expect({ status, type: document.type }).toEqual({ status: 400, type: `urn:paydesk:${type}` });
  expect(document).toMatchObject({ errors: [{ field: name }] });
});
