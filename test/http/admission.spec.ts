import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { exchange, parseResponse, readAll, sendRaw } from '../support/raw-request.js';

const SECRET = 'whsec_admission';
const HOST = 'Host: paydesk\r\n';
const HALF_BODY = `Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  .extend('token', { scope: 'file' }, async ({ paydesk }) => {
    const user = await paydesk.user('user-1');
    return user.authorization['authorization'] ?? '';
  })
  .extend('currentSignature', ({ clock }) => {
    return `t=${Math.floor(clock.now().getTime() / 1000)},v1=${'0'.repeat(64)}`;
  });

describe('before a body is read', () => {
  it.for<[what: string, head: string, status: number, slug: string]>([
    ['nobody is authenticated', `POST /pay HTTP/1.1\r\n${HOST}`, 401, 'unauthorized'],
    ['a bad credential', `POST /pay HTTP/1.1\r\n${HOST}Authorization: Bearer a\r\n`, 401, 'unauthorized'],
    ['another kind of caller', `POST /pay HTTP/1.1\r\n${HOST}Authorization: TOKEN\r\n`, 403, 'forbidden'],
    ['an unknown route', `POST /nope HTTP/1.1\r\n${HOST}`, 404, 'not-found'],
    ['an unsigned event', `POST /webhooks/stripe HTTP/1.1\r\n${HOST}`, 400, 'invalid-request'],
    [
      'an old event',
      `POST /webhooks/stripe HTTP/1.1\r\n${HOST}Stripe-Signature: t=1,v1=00\r\n`,
      400,
      'invalid-request',
    ],
  ])('%s is refused', async ([_what, head, status, slug], { paydesk, token }) => {
    const socket = sendRaw(paydesk.url, head.replace('TOKEN', token) + HALF_BODY);
    const response = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    socket.destroy();
    expect(parseResponse(response)).toMatchObject({ status, document: { type: `urn:paydesk:${slug}` } });
  });
});

it('closes the connection of a refused caller whose body may be long', async ({ paydesk }) => {
  for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 1000000']) {
    const head = `POST /pay HTTP/1.1\r\n${HOST}${length}\r\n\r\n`;
    expect(parseResponse(await exchange(paydesk.url, head))).toMatchObject({ status: 401 });
  }
});

it('keeps the connection of a refused caller with a short body', async ({ paydesk }) => {
  const refused = `POST /pay HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
  const next = `GET /health/live HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  const responses = await exchange(paydesk.url, refused + next);
  expect(responses).toMatch(/^HTTP\/1\.1 401 [^]*HTTP\/1\.1 200 /);
});

// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
describe('Expect: 100-continue', () => {
  const EXPECT = 'Expect: 100-continue\r\nContent-Type: application/json\r\n';

  it('is answered with the refusal if the caller is refused', async ({ paydesk }) => {
    const request = `POST /pay HTTP/1.1\r\n${HOST}${EXPECT}Content-Length: 2\r\n\r\n`;
    expect(parseResponse(await exchange(paydesk.url, request)).status).toBe(401);
  });

  it('is answered with 100 if the body will be read', async ({ paydesk, currentSignature }) => {
    const head = `POST /webhooks/stripe HTTP/1.1\r\n${HOST}${EXPECT}Stripe-Signature: ${currentSignature}\r\n`;
    const socket = sendRaw(paydesk.url, `${head}Content-Length: 2\r\nConnection: close\r\n\r\n`);
    socket.once('data', () => socket.write('{}'));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
  });

  it('is answered with 413 if the body is too long', async ({ paydesk, currentSignature }) => {
    const head = `POST /webhooks/stripe HTTP/1.1\r\n${HOST}${EXPECT}Stripe-Signature: ${currentSignature}\r\n`;
    const response = await exchange(paydesk.url, `${head}Content-Length: 2000000\r\n\r\n`);
    expect(parseResponse(response).status).toBe(413);
  });
});

describe('bodies without a credential, before they fill the memory', () => {
  const START = `POST /webhooks/stripe HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
  const LARGE_BYTES = 1_000_000;
  const SMALL_BYTES = 100_000;

  const bodies = it
    .extend('open', ({ paydesk, currentSignature, onTestFinished }) => (length: string, start: string) => {
      const head = `${START}Stripe-Signature: ${currentSignature}\r\n${length}\r\n\r\n`;
      const socket = sendRaw(paydesk.url, head + start);
      onTestFinished(() => void socket.destroy());
      return socket;
    })
    .extend('openMany', ({ open }) => async (count: number, length: string, start: string) => {
      const sockets = Array.from({ length: count }, () => open(length, start).resume());
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      return sockets;
    });

  bodies('the first that has not arrived is dropped, and a new one is read', async ({ open, openMany }) => {
    const [first] = await openMany(40, `Content-Length: ${LARGE_BYTES}`, '{');
    if (first) await once(first, 'close');
    const small = open('Content-Length: 2\r\nConnection: close', '{}');
    expect(parseResponse(await readAll(small)).status).toBe(400);
  });

  bodies('a large one is not dropped for many small ones', async ({ open, openMany }) => {
    const [first] = await openMany(200, `Content-Length: ${SMALL_BYTES}`, '{');
    const large = open(`Content-Length: ${LARGE_BYTES}\r\nConnection: close`, '{');
    const response = readAll(large);
    await openMany(200, `Content-Length: ${SMALL_BYTES}`, '{');
    if (first) await once(first, 'close');
    large.write('}'.padStart(LARGE_BYTES - 1));
    expect(parseResponse(await response).status).toBe(400);
  });

  bodies('those of unknown length count as they arrive', async ({ openMany, open }) => {
    const chunked = 'Transfer-Encoding: chunked\r\nConnection: close';
    const waiting = open(chunked, '1\r\n{\r\n');
    const response = readAll(waiting);
    await openMany(40, chunked, '1\r\n{\r\n');
    const later = open(chunked, '2\r\n{}\r\n0\r\n\r\n');
    expect(parseResponse(await readAll(later)).status).toBe(400);
    waiting.write('1\r\n}\r\n0\r\n\r\n');
    expect(parseResponse(await response).status).toBe(400);

    const chunk = 'x'.repeat(LARGE_BYTES);
    const [first] = await openMany(40, chunked, `${LARGE_BYTES.toString(16)}\r\n${chunk}\r\n`);
    if (first) await once(first, 'close');
  });
});
