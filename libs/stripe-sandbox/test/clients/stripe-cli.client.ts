import { join } from 'node:path';
import pMap from 'p-map';
import { expect, test } from 'vitest';
import { runStripeCli } from '../stripe-cli.js';
import { FOLDER, openSandbox } from './clients.js';

const CLI = join(FOLDER, 'node_modules/@stripe/cli/bin/shim.js');

const runCli = (args: readonly string[]) => runStripeCli(CLI, args);

/** What the account does not have: Connect, Identity, Issuing, cash balances, payouts, quotes, taxes, meters and so on. */
const OUT_OF_SCOPE =
  /^(account|cash_balance|customer_cash|identity|issuing|payment_link|payout|quote|reporting|tax_rate|topup|transfer|v1\.billing)/;

/** Triggers whose fixtures ask for what the sandbox does not have; its README says so. */
const REFUSED = [
  'checkout.session.async_payment_succeeded',
  'customer.subscription.paused',
  'payment_intent.partially_funded',
  'payment_intent.processing',
  'payment_method.updated',
  'setup_intent.requires_action',
];

/** The fixtures of these use parameters that later versions removed. */
const OLDER = /^(customer\.discount|promotion_code)\./;

const versionFor = (event: string): string => (OLDER.test(event) ? '2025-02-24.acacia' : '2026-08-26.dahlia');

async function supportedEvents(): Promise<string[]> {
  const { stdout } = await runCli(['trigger', '--help']);
  return [...stdout.matchAll(/^ {2}([a-z0-9_]+(?:\.[a-z0-9_]+)+)$/gm)].map(([, event]) => event!);
}

test('triggers every event whose resources the sandbox has', async () => {
  const { sandbox } = await openSandbox();
  const events = (await supportedEvents()).filter((event) => !OUT_OF_SCOPE.test(event));
  expect(events.length).toBeGreaterThan(80);
  const failed: string[] = [];
  const trigger = async (event: string) => {
    const run = runCli(['trigger', event, '--api-base', sandbox.url, '--api-version', versionFor(event)]);
    await run.catch(() => failed.push(event));
  };
  await pMap(events, trigger, { concurrency: 4 });
  expect(failed.toSorted()).toEqual(REFUSED);
});

test('logs tail is refused', async () => {
  const { sandbox } = await openSandbox();
  const failure = await runCli(['logs', 'tail', '--api-base', sandbox.url]).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
  expect(failure).toContain('Unrecognized request URL');
});
