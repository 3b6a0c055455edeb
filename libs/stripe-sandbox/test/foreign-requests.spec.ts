import { request as sendRequest } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { createSandbox, type Sandbox } from '../create-sandbox.js';
import { test, TEST_KEY } from './support.js';

/** Sends any headers, also those that fetch forbids. Returns the status. */
function statusOf(
  { port }: Sandbox,
  headers: Record<string, string>,
  path = '/v1/customers',
  method = 'GET',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const key = { authorization: `Bearer ${TEST_KEY}` };
    const sent = sendRequest({ port, host: '127.0.0.1', path, method, headers: { ...key, ...headers } });
    sent.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    sent.end();
  });
}

const API = ['/v1/customers', '/_sandbox/faults'];
const PATHS = [...API, '/', '/c/pay/cs_test_1', '/nowhere'];

test.for([
  'evil.example',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '192.0.2.1',
  'a b',
  'evil@localhost',
])('refuses the host name %s everywhere', async (name, { sandbox }) => {
  for (const path of PATHS) {
    expect(await statusOf(sandbox, { host: `${name}:${sandbox.port}` }, path)).toBe(403);
  }
});

test.for(['localhost', 'LOCALHOST', 'pay.localhost', '127.0.0.1', '127.0.0.2', '[::1]'])(
  'answers to %s, with any port and without one',
  async (name, { sandbox }) => {
    for (const host of [`${name}:${sandbox.port}`, `${name}:8080`, name]) {
      expect(await statusOf(sandbox, { host })).toBe(200);
    }
  },
);

test('answers to the names in its options', async () => {
  const sandbox = await createSandbox({ hostNames: ['sandbox'] });
  onTestFinished(() => sandbox.close());
  expect(await statusOf(sandbox, { host: 'sandbox:12111' })).toBe(200);
  expect(await statusOf(sandbox, { host: 'sandbox.example:12111' })).toBe(403);
});

test.for<Record<string, string>>([
  { origin: 'https://evil.example' },
  { origin: 'http://127.0.0.1:1' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
])('refuses calls to the API with %j', async (headers, { sandbox }) => {
  for (const path of API) {
    expect(await statusOf(sandbox, headers, path)).toBe(403);
    expect(await statusOf(sandbox, headers, path, 'POST')).toBe(403);
  }
  expect(sandbox.store.customers.size).toBe(0);
  expect(await statusOf(sandbox, headers, '/')).toBe(200);
});

test('takes calls of its own origin and those that no page makes', async ({ sandbox }) => {
  const own: Record<string, string>[] = [
    { origin: sandbox.url, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ];
  for (const headers of own) {
    for (const path of API) expect(await statusOf(sandbox, headers, path)).toBe(200);
  }
});

test('gives a page of another origin nothing to read', async ({ sandbox }) => {
  const response = await fetch(`${sandbox.url}/v1/customers`, {
    headers: { authorization: `Bearer ${TEST_KEY}`, origin: 'https://evil.example' },
  });
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});
