import { execFile, spawn } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Stripe } from 'stripe';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../folders.js';
import { failureOf, TEST_KEY } from '../support.js';

/** Packs the sandbox, and starts it by `npx` in a folder that has nothing else. @returns its URL */
async function startPackage(): Promise<URL> {
  await promisify(execFile)(process.execPath, ['scripts/pack-sandbox.js']);
  const tarball = readdirSync('dist').find((name) => /^stripe-sandbox-.*\.tgz$/.test(name))!;
  const cwd = temporaryFolder();
  copyFileSync(join('dist', tarball), join(cwd, tarball));
  const args = ['--yes', `./${tarball}`, '--port', '0', '--data-dir', '.stripe'];
  // npx does not pass signals on, so its whole group is ended.
  const child = spawn('npx', args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void process.kill(-child.pid!, 'SIGKILL'));
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /http:\/\/\S+:\d+/.exec(output)?.[0];
    if (url) return new URL(url);
  }
  throw new Error(`npx did not start the sandbox: ${output}`);
}

// What npm/README.md shows.
test('the packed sandbox starts anywhere, takes a payment, injects a fault and advances the clock', async () => {
  const { hostname: host, port, href } = await startPackage();
  const stripe = new Stripe(TEST_KEY, { host, port, protocol: 'http', maxNetworkRetries: 0 });
  const pay = (idempotencyKey?: string) =>
    stripe.paymentIntents.create(
      {
        amount: 2000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        return_url: 'https://example.com',
      },
      { idempotencyKey },
    );
  expect((await pay()).status).toBe('succeeded');

  // Twice, because stripe-node always repeats a call once after a reset.
  const fault = { method: 'POST', path: '/v1/payment_intents', kinds: ['reset_after_effect'], times: 2 };
  // As curl sends it.
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = JSON.stringify(fault);
  expect((await fetch(`${href}_sandbox/faults`, { method: 'POST', headers, body })).status).toBe(200);
  expect(await failureOf(pay('order 7'))).toMatchObject({ type: 'StripeConnectionError' });
  expect((await pay('order 7')).status).toBe('succeeded');
  expect((await stripe.paymentIntents.list()).data).toHaveLength(2);

  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
  const { id: customer } = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const price_data = { currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' } } as const;
  const { id: product } = await stripe.products.create({ name: 'Club' });
  await stripe.subscriptions.create({ customer, items: [{ price_data: { ...price_data, product } }] });
  const frozen_time = clock.frozen_time + 32 * 86_400;
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time });
  const invoices = await stripe.invoices.list({ customer, status: 'paid' });
  expect(invoices.data).toHaveLength(2);
  const [invoice] = invoices.data;
  expect((await fetch(invoice!.invoice_pdf!)).headers.get('content-type')).toBe('application/pdf');
});
