import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '#sandbox/create-sandbox.js';
import { HANDLED_EVENT_TYPES } from '../../src/webhooks/event-types.js';
import { bareEnvironment } from '../support/service-process.js';

const run = promisify(execFile);
const URL = 'https://pay.example/webhooks/stripe';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

/** What `npm run webhook` prints, or its error. */
async function webhook(...args: string[]): Promise<string> {
  const env = { ...bareEnvironment(), STRIPE_SECRET_KEY: 'sk_test_any', STRIPE_API_BASE: sandbox.url };
  try {
    return (await run(process.execPath, ['dist/bundle/webhook.js', ...args], { env })).stdout;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

function endpoints(): Stripe.WebhookEndpoint[] {
  return [...sandbox.store.webhookEndpoints.newestFirst()];
}

describe('npm run webhook', () => {
  it('registers the endpoint with the handled types and our API version, and prints its secret', async () => {
    expect(await webhook('register', URL)).toMatch(/^whsec_\w+\n$/);
    const [endpoint, ...others] = endpoints();
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({ url: URL, status: 'enabled', api_version: Stripe.API_VERSION });
    expect(endpoint?.enabled_events).toEqual(HANDLED_EVENT_TYPES);
    expect(await webhook('register', URL)).toMatch(
      /^paydesk: we_\w+ has this URL already: remove it first\n$/,
    );
    expect(await webhook('list')).toBe(`${endpoint?.id}  enabled  ${Stripe.API_VERSION}  ${URL}\n`);
    expect(await webhook('remove', 'we_unknown')).toMatch(/^paydesk: there is no such endpoint/);
    expect(await webhook('remove', String(endpoint?.id))).toBe(`removed ${endpoint?.id}  ${URL}\n`);
    expect(endpoints()).toEqual([]);
  });

  it.for([
    [['register', 'http://pay.example/webhooks/stripe'], /^paydesk: the URL must be https and end with/],
    [['register', 'https://pay.example/elsewhere'], /^paydesk: the URL must be https and end with/],
    [['register'], /^paydesk: usage: /],
    [['list', 'all'], /^paydesk: usage: /],
    [['forget', 'we_1'], /^paydesk: usage: /],
  ] as const)('refuses %s with one line', async ([args, message]) => {
    expect(await webhook(...args)).toMatch(message);
    expect(endpoints()).toEqual([]);
  });
});
