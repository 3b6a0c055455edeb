import { createRequire } from 'node:module';
import type Stripe from 'stripe';
import { expect } from 'vitest';
import type { Sandbox } from '../create-sandbox.js';
import { runStripeCli } from './stripe-cli.js';
import { test } from './support.js';

const CLI = createRequire(import.meta.url).resolve('@stripe/cli/bin/shim.js');

/** The version for the CLI's fixtures: they send `payment_method_types`, which endive refuses. */
const API_VERSION = '2026-08-26.dahlia';

async function trigger(sandbox: Sandbox, event: string): Promise<string> {
  const options = ['--api-base', sandbox.url, '--api-version', API_VERSION];
  return (await runStripeCli(CLI, ['trigger', event, ...options])).stdout;
}

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

test.for(Object.entries(EVENTS))('stripe trigger %s', async ([type, resource], { sandbox, stripe }) => {
  expect(await trigger(sandbox, type)).toContain('Trigger succeeded!');
  const { data } = await stripe.events.list({ type });
  expect(data[0]?.data.object).toMatchObject(resource);
});
