import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { BackPressure } from './back-pressure.js';
import { RunningRequests } from './running-requests.js';

const CALLER = { authorization: 'Bearer a' };
const PREFLIGHT = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
const DELAY_MAX_MS = 100;
/** So many requests of callers run at any delay, and as many others: docs/adr/0017-back-pressure.md. */
const RUNNING_MIN = 16;

function requestOf(method: string, url: string, headers: IncomingHttpHeaders = CALLER) {
  return { method, url, headers } as IncomingMessage;
}

function openResponse() {
  const response = new EventEmitter() as ServerResponse;
  return Object.assign(response, { writeHead: () => response, end: () => response });
}

/** Requests that run until they are closed, while the event loop is too late. */
function whileLate(running = new RunningRequests(2)) {
  const loop = { delay: { averageMs: DELAY_MAX_MS }, delayMaxMs: DELAY_MAX_MS };
  const options = { loop, running, origins: [], onRefused: undefined, warn: () => undefined };
  const pressure = new BackPressure(options);
  let ran = 0;
  const guarded = pressure.guard(() => (ran += 1));
  /** How many of some requests run. */
  const send = (request: IncomingMessage, count = RUNNING_MIN + 4) => {
    const before = ran;
    for (let i = 0; i < count; i += 1) guarded(request, openResponse());
    return ran - before;
  };
  return { pressure, send };
}

it.each([
  ['GET', '/health/ready', {}],
  ['HEAD', '/health/live', {}],
  ['OPTIONS', '/payments/get-history', PREFLIGHT],
])('%s %s is always answered, and takes no place of another', (method, url, headers) => {
  const running = new RunningRequests(2);
  const { send } = whileLate(running);
  for (const kind of ['GET', 'POST']) {
    expect(running.start('a', requestOf(kind, '/pay'), openResponse())).toBe(true);
  }
  expect(send(requestOf(method, url, { ...CALLER, ...headers }), 100)).toBe(100);
  expect(running.isFullFor(requestOf('GET', '/pay'))).toBe(false);
  expect(running.isFullFor(requestOf('POST', '/pay'))).toBe(false);
  expect(send(requestOf('GET', '/pay', {}))).toBe(RUNNING_MIN);
});

it.each([
  ['GET', '/health/xyz'],
  ['GET', '/health/ready?a'],
  ['POST', '/health/ready'],
  ['OPTIONS', '/pay'],
])('%s %s is refused as any other', (method, url) => {
  expect(whileLate().send(requestOf(method, url, {}))).toBe(RUNNING_MIN);
});

it.each([
  '/webhooks/stripe',
  '/%77ebhooks/stripe',
  'http://paydesk/webhooks/stripe',
  '/confirm/a/authenticate',
  '/docs',
  '/docs#a',
  '/health/xyz',
])('%s takes no place of callers, whatever its header is', (url) => {
  const { send } = whileLate();
  expect(send(requestOf('POST', url))).toBe(RUNNING_MIN);
  expect(send(requestOf('POST', '/pay', {}))).toBe(0);
  expect(send(requestOf('POST', '/pay'))).toBe(RUNNING_MIN);
});

it('a request that Node refuses after it was let pass lets no other pass', () => {
  const { pressure, send } = whileLate();
  send(requestOf('GET', '/pay'), RUNNING_MIN - 1);
  expect(pressure.refuseUnparsed(requestOf('GET', '/pay'), () => undefined)).toBeUndefined();
  expect(send(requestOf('GET', '/pay'))).toBe(1);
});
