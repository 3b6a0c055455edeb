import { expect, test } from 'vitest';
import { temporaryFolder } from '../folders.js';
import { TEST_KEY } from '../support.js';
import { failToStart, startSandbox } from './sandbox-process.js';

const headers = { authorization: `Bearer ${TEST_KEY}` };

test('--api-version is the version of events and of requests that name none', async () => {
  const apiVersion = '2025-09-30.clover';
  const { url, stripe } = await startSandbox({ dataDir: temporaryFolder(), apiVersion });
  const response = await fetch(`${url}/v1/customers`, { method: 'POST', headers });
  expect(response.headers.get('stripe-version')).toBe(apiVersion);
  expect((await stripe.events.list()).data).toMatchObject([
    { type: 'customer.created', api_version: apiVersion },
  ]);
});

test('refuses an invalid --api-version with one line', async () => {
  const { code, output } = await failToStart({ dataDir: temporaryFolder(), apiVersion: 'latest' });
  expect(code).toBe(1);
  expect(output).toMatch(/^stripe-sandbox: Invalid Stripe API version: latest[^\n]*\n$/);
});

test('--host is the address of the API and the pages', async () => {
  const { url, stripe } = await startSandbox({ dataDir: temporaryFolder(), host: 'localhost' });
  expect(new URL(url).hostname).toBe('localhost');
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    success_url: 'https://shop.example/',
  });
  expect(session.url).toBe(`${url}/c/pay/${session.id}`);
  expect((await fetch(session.url!)).status).toBe(200);
});
