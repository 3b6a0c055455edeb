import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Caller } from '../support/caller.js';
import { readAll, sendRaw } from '../support/raw-request.js';
import { bareEnvironment, type ServiceProcess, startService } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const HANGS = { path: '/v1/setup_intents', kinds: ['wait'], waitMs: 600_000 };
/** Longer than any test may take. */
const LONG_DRAIN_MS = '600000';
const SETUP_INTENT = '/partners/user/alice/setup_intent';

let folder: string;
let service: ServiceProcess;
let partner: Caller;

async function start(environment?: Record<string, string>): Promise<void> {
  const dataDir = join(folder, 'data');
  service = await startService(dataDir, environment);
  const { stdout } = await run(process.execPath, ['dist/bundle/token.js', 'partner', 'acme'], {
    env: { ...bareEnvironment(), DATA_DIR: dataDir },
  });
  partner = new Caller(service.url, stdout.trim());
}

beforeEach(async () => {
  folder = await makeTemporaryFolder();
});
afterEach(async () => {
  await service.end('SIGKILL');
  await removeFolder(folder);
});

/** The sandbox's own surface. */
async function sandbox(method: string, path: string, body?: object) {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${service.sandboxUrl}/_sandbox${path}`, init);
  expect(response.status).toBe(200);
  return response.json();
}

/** Waits until a call to Stripe hangs. */
async function untilStruck(): Promise<void> {
  const hung = expect.arrayContaining([expect.objectContaining({ injected: { wait: 1 } })]);
  await expect.poll(() => sandbox('GET', '/faults')).toEqual(hung);
}

async function expectNothingTakenOn(): Promise<void> {
  const failure = () => fetch(`${service.url}/health/live`).catch(({ message }: Error) => message);
  await expect.poll(failure).toBe('fetch failed');
}

it('completes the requests in flight when SIGTERM arrives, and accepts no more', async () => {
  await start();
  await sandbox('POST', '/faults', HANGS);
  const answer = partner.post(SETUP_INTENT);
  await untilStruck();

  const ended = service.end('SIGTERM');
  await expectNothingTakenOn();
  await sandbox('DELETE', '/faults');
  expect((await answer).status).toBe(201);
  expect(await ended).toBe(0);
});

it('completes what was begun for a client that has gone', async () => {
  await start();
  await sandbox('POST', '/faults', HANGS);
  const hangUp = new AbortController();
  const headers = { ...partner.authorization, 'idempotency-key': 'gone' };
  const sent = fetch(service.url + SETUP_INTENT, { method: 'POST', headers, signal: hangUp.signal });
  await untilStruck();
  hangUp.abort();
  await expect(sent).rejects.toThrow('aborted');

  const ended = service.end('SIGTERM');
  await expectNothingTakenOn();
  await sandbox('DELETE', '/faults');
  expect(await ended).toBe(0);
  expect(service.output()).not.toContain('"problem":');
  await start();
  const repeated = await partner.post(SETUP_INTENT, undefined, { 'idempotency-key': 'gone' });
  expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
});

it('accepts no more requests while the worker waits for Stripe, and lets the worker finish', async () => {
  await start();
  await sandbox('POST', '/faults', { path: HANGS.path, kinds: ['rate_limit'] });
  await sandbox('POST', '/faults', HANGS);
  const { status, body } = await partner.post(SETUP_INTENT);
  expect(status).toBe(503);
  await untilStruck();

  const ended = service.end('SIGTERM');
  await expectNothingTakenOn();
  await sandbox('DELETE', '/faults');
  expect(await ended).toBe(0);
  await start();
  expect((await partner.get(`/operations/${body.operationId}`)).body.state).toBe('succeeded');
});

describe('after SIGTERM', () => {
  const status = async (path: string) => (await fetch(service.url + path)).status;

  it('is not ready at once, and takes requests for DRAIN_MS', async () => {
    await start({ DRAIN_MS: LONG_DRAIN_MS });
    expect(await status('/health/ready')).toBe(200);
    void service.end('SIGTERM');
    await expect.poll(() => status('/health/ready')).toBe(503);
    expect((await partner.post(SETUP_INTENT)).status).toBe(201);
    expect(service.output()).not.toContain('"problem":');
  });

  it('completes the requests in flight after DRAIN_MS, and accepts no more', async () => {
    await start({ DRAIN_MS: '100' });
    await sandbox('POST', '/faults', HANGS);
    const answer = partner.post(SETUP_INTENT);
    await untilStruck();

    const ended = service.end('SIGTERM');
    await expectNothingTakenOn();
    await sandbox('DELETE', '/faults');
    expect((await answer).status).toBe(201);
    expect(await ended).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('exits at once after a second signal, %s', async (second) => {
    await start({ DRAIN_MS: LONG_DRAIN_MS });
    void service.end('SIGTERM');
    await expect.poll(() => status('/health/ready')).toBe(503);
    expect(await service.end(second)).toBe(1);
  });
});

it('closes requests that never arrive completely, and exits with 0', async () => {
  // So that only the stop closes them.
  await start({ REQUEST_TIMEOUT_MS: '600000' });
  const head = `POST ${SETUP_INTENT} HTTP/1.1\r\nHost: paydesk\r\n`;
  const half = 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
  const authorization = `Authorization: ${partner.authorization['authorization']}\r\n`;
  const sockets = [
    head + half,
    head + authorization + half,
    head,
    '',
    'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n',
  ].map((bytes) => sendRaw(service.url, bytes));
  const closed = sockets.map(readAll);
  expect((await partner.post(SETUP_INTENT)).status).toBe(201);
  expect(await service.end('SIGTERM')).toBe(0);
  await Promise.all(closed);
});

it('does not drain after SIGINT, which is the Ctrl-C of a developer', async () => {
  await start({ DRAIN_MS: LONG_DRAIN_MS });
  expect(await service.end('SIGINT')).toBe(0);
});
