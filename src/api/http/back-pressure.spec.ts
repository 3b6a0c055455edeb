import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { BackPressure } from './back-pressure.js';
import { RunningRequests } from './running-requests.js';

const CALLER = { authorization: 'Bearer a' };

function requestOf(method: string, url: string) {
  return { method, url, headers: CALLER } as unknown as IncomingMessage;
}

function openResponse(): ServerResponse {
  return new EventEmitter() as ServerResponse;
}

it.each([
  ['GET', '/health/ready'],
  ['OPTIONS', '/payments/get-history'],
])('%s %s is always answered, and takes no place of a request that may be refused', (method, url) => {
  const running = new RunningRequests(2);
  const options = { loop: undefined, running, origins: [], onRefused: undefined, warn: () => undefined };
  const guarded = new BackPressure(options).guard(() => undefined);
  for (const kind of ['GET', 'POST']) {
    expect(running.start('a', requestOf(kind, '/pay'), openResponse())).toBe(true);
  }
  for (let i = 0; i < 100; i += 1) guarded(requestOf(method, url), openResponse());
  expect(running.isFullFor(requestOf('GET', '/pay'))).toBe(false);
  expect(running.isFullFor(requestOf('POST', '/pay'))).toBe(false);
});
