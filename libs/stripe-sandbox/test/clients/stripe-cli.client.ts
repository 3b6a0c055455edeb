import { join } from 'node:path';
import pMap from 'p-map';
import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { openReceiver } from '../receiver.js';
import { runStripeCli } from '../stripe-cli.js';
import { clientOf } from '../support.js';
import { FOLDER, openSandbox } from './clients.js';

const CLI = join(FOLDER, 'node_modules/@stripe/cli/bin/shim.js');

const runCli = (args: readonly string[]) => runStripeCli(CLI, args);

/** What the account does not have: Connect, Identity, Issuing, payouts, quotes, taxes, meters and so on. */
const OUT_OF_SCOPE =
  /^(account|identity|issuing|payment_link|payout|quote|reporting|tax_rate|topup|transfer|v1\.billing)/;

/** Triggers whose fixtures make another event than their name says, and that event. */
const OTHER_EVENTS: Record<string, Stripe.Event['type']> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
  // The fixture cancels a schedule that has not begun.
  'subscription_schedule.aborted': 'subscription_schedule.canceled',
  // The fixture's schedule has `end_behavior` release.
  'subscription_schedule.completed': 'subscription_schedule.released',
};

/** The fixture stops nine days before the schedule ends; the event comes seven days before. */
const WITHOUT_EVENT = ['subscription_schedule.expiring'];

/** The fixtures of these need what later versions removed: parameters, and intents that take only cards by default. */
const OLDER_VERSIONS: [RegExp, string][] = [
  [/^(customer\.discount|promotion_code)\./, '2025-02-24.acacia'],
  [/^(payment_method\.updated|setup_intent\.requires_action)$/, '2022-11-15'],
];

const versionFor = (event: string): string =>
  OLDER_VERSIONS.find(([events]) => events.test(event))?.[1] ?? '2026-08-26.dahlia';

/** Longer than a test debit takes. */
const DEBIT_MS = 60_000;

type ExpectedEvents = { [T in Stripe.Event['type']]?: object };

const EVENTS: ExpectedEvents = {
  'payment_intent.succeeded': { object: 'payment_intent', amount_received: 2000, status: 'succeeded' },
  'payment_intent.payment_failed': {
    object: 'payment_intent',
    status: 'requires_payment_method',
    last_payment_error: { code: 'card_declined', decline_code: 'generic_decline' },
  },
  'setup_intent.succeeded': {
    object: 'setup_intent',
    payment_method: expect.stringMatching(/^pm_1/),
    status: 'succeeded',
  },
  'charge.refunded': { object: 'charge', amount: 100, amount_refunded: 100, refunded: true },
  'charge.dispute.created': { object: 'dispute', amount: 100, status: 'warning_needs_response' },
  'checkout.session.completed': {
    object: 'checkout.session',
    amount_total: 3000,
    customer_details: { email: 'stripe@example.com', name: 'Jenny Rosen' },
    payment_status: 'paid',
    status: 'complete',
  },
  'customer.subscription.created': {
    object: 'subscription',
    customer: expect.stringMatching(/^cus_/),
    items: { data: [{ price: { unit_amount: 1500, recurring: { interval: 'month' } }, quantity: 1 }] },
  },
  'customer.subscription.updated': { object: 'subscription', metadata: { foo: 'bar' } },
  'customer.subscription.deleted': {
    object: 'subscription',
    cancellation_details: { reason: 'cancellation_requested' },
    status: 'canceled',
  },
  'invoice.paid': { object: 'invoice', amount_paid: 2000, billing_reason: 'manual', status: 'paid' },
  'invoice.payment_failed': { object: 'invoice', amount_remaining: 2000, attempted: true, status: 'open' },
};

async function supportedEvents(): Promise<string[]> {
  const { stdout } = await runCli(['trigger', '--help']);
  return [...stdout.matchAll(/^ {2}([a-z0-9_]+(?:\.[a-z0-9_]+)+)$/gm)].map(([, event]) => event!);
}

/** Triggers an event in a sandbox of its own. @returns the resources of the events that it should make, newest first */
async function trigger(type: string): Promise<object[]> {
  const { sandbox, clock } = await openSandbox();
  await runCli(['trigger', type, '--api-base', sandbox.url, '--api-version', versionFor(type)]);
  clock.advanceMs(DEBIT_MS);
  const { data } = await clientOf(sandbox).events.list({ type: OTHER_EVENTS[type] ?? type });
  return data.map((event) => event.data.object);
}

test('triggers every event whose resources the sandbox has', async () => {
  const events = (await supportedEvents()).filter((event) => !OUT_OF_SCOPE.test(event));
  expect(events.length).toBeGreaterThan(80);
  const newest = new Map<string, object | undefined>();
  const failed: string[] = [];
  const triggerOne = async (event: string) => {
    const resources = await trigger(event).catch(() => undefined);
    if (resources) newest.set(event, resources[0]);
    else failed.push(event);
  };
  await pMap(events, triggerOne, { concurrency: 4 });
  expect(failed).toEqual([]);
  const unsent = [...newest].filter(([, resource]) => !resource).map(([event]) => event);
  expect(unsent).toEqual(WITHOUT_EVENT);
  expect(Object.fromEntries(newest)).toMatchObject(EVENTS);
});

test('events resend sends an event to an endpoint once more', async () => {
  const receiver = await openReceiver();
  const { sandbox } = await openSandbox({ webhook: { url: receiver.url } });
  const stripe = clientOf(sandbox);
  await stripe.customers.create();
  const [event] = (await stripe.events.list()).data;
  const [endpoint] = (await stripe.webhookEndpoints.list()).data;
  await sandbox.webhooks.flush();
  const resend = (...args: string[]) =>
    runCli(['events', 'resend', event!.id, ...args, '--api-base', sandbox.url]);
  await resend('--webhook-endpoint', endpoint!.id);
  await sandbox.webhooks.flush();
  expect(receiver.events(sandbox.webhookSecret!).map(({ id }) => id)).toEqual([event!.id, event!.id]);
  expect(await stripe.events.retrieve(event!.id)).toMatchObject({ pending_webhooks: 0 });
  expect((await resend()).stdout).toContain('Name an endpoint');
});

test('logs tail is refused', async () => {
  const { sandbox } = await openSandbox();
  const failure = await runCli(['logs', 'tail', '--api-base', sandbox.url]).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
  expect(failure).toContain('Unrecognized request URL');
});
