import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { createStripeClient } from '#stripe/stripe-client.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createSandbox } from '#sandbox/create-sandbox.js';
import { bareEnvironment } from '../support/service-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const run = promisify(execFile);
const PROGRAM = 'dist/bundle/backfill.js';
const KEY = 'sk_test_any';

const it = test
  .extend('calls', { scope: 'file' }, () => [] as string[])
  .extend('sandbox', { scope: 'file' }, async ({ calls }, { onCleanup }) => {
    const sandbox = await createSandbox({ observe: ({ method, path }) => calls.push(`${method} ${path}`) });
    onCleanup(() => sandbox.close());
    return sandbox;
  })
  .extend('environment', { scope: 'file' }, async ({ sandbox }, { onCleanup }) => {
    const folder = await makeTemporaryFolder();
    onCleanup(() => removeFolder(folder));
    return {
      ...bareEnvironment(),
      STRIPE_SECRET_KEY: KEY,
      STRIPE_API_BASE: sandbox.url,
      DATA_DIR: join(folder, 'data'),
    };
  });

function pay(stripe: Stripe): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://example.com/paid',
  });
}

it('goes on where it was killed', async ({ sandbox, environment, calls }) => {
  const stripe = createStripeClient(new StripeConnection(KEY, sandbox.url));
  const [oldest, , newest] = [await pay(stripe), await pay(stripe), await pay(stripe)];
  const readsOf = ({ id }: { id: string }) =>
    calls.filter((call) => call === `GET /v1/payment_intents/${id}`);

  const child = spawn(process.execPath, [PROGRAM], { env: environment, stdio: 'ignore' });
  const killed = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  await expect.poll(() => readsOf(newest).length).toBeGreaterThan(0);
  await expect
    .poll(() => new Set(calls.filter((call) => call.startsWith('GET /v1/payment_intents/'))).size)
    .toBe(2);
  child.kill('SIGKILL');
  expect(await killed).toBe('SIGKILL');
  expect(readsOf(oldest)).toEqual([]);

  const readsBefore = readsOf(newest).length;
  const { stdout } = await run(process.execPath, [PROGRAM], { env: environment });
  expect(stdout).toBe('resumed and complete: 3 objects\n');
  expect(readsOf(newest)).toHaveLength(readsBefore);
  expect(readsOf(oldest).length).toBeGreaterThan(0);
});

it('reads what has happened since a day, and shows how far it is', async ({ environment }) => {
  const { stdout, stderr } = await run(process.execPath, [PROGRAM, '--since', '2026-01-01'], {
    env: environment,
  });
  expect(stdout).toBe('complete: 3 objects\n');
  expect(stderr).toMatch(/payment_intents: .* 100 % back to \d{4}-\d\d-\d\d, 3 objects/);
});

it.for([
  [['--since'], 'usage: '],
  [['--since', 'yesterday'], 'usage: '],
  [['--since', '2999-01-01'], 'usage: '],
  [['everything'], 'usage: '],
] as const)('refuses %j', async ([args, message], { environment }) => {
  await expect(run(process.execPath, [PROGRAM, ...args], { env: environment })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`paydesk: ${message}`),
  });
});
