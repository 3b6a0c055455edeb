import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf } from './support.js';

const periodOf = ({ items }: Stripe.Subscription): [number, number] => [
  items.data[0]!.current_period_start,
  items.data[0]!.current_period_end,
];

// The bench stands at the start of 2026-11-01; https://docs.stripe.com/billing/subscriptions/billing-cycle.
test('a later anchor prorates the time before it, and bills full periods after it', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const subscription = await subscribe({
    billing_cycle_anchor: at('2026-11-16'),
    expand: ['latest_invoice'],
  });
  expect(subscription).toMatchObject({
    billing_cycle_anchor: at('2026-11-16'),
    // 15 of the 31 days from 16 October on: 1000 * 15 / 31.
    latest_invoice: { status: 'paid', total: 484 },
  });
  expect(periodOf(subscription)).toEqual([at('2026-11-01'), at('2026-11-16')]);
  wait(16);
  const renewed = await stripe.subscriptions.retrieve(subscription.id);
  expect(periodOf(renewed)).toEqual([at('2026-11-16'), at('2026-12-16')]);
  expect((await invoices(subscription.id))[0]).toMatchObject({ status: 'paid', total: 1000 });
});

test('without prorations the time before the anchor is free', async () => {
  const { subscribe } = await openClub();
  const { latest_invoice } = await subscribe({
    billing_cycle_anchor: at('2026-11-16'),
    proration_behavior: 'none',
    expand: ['latest_invoice'],
  });
  expect(latest_invoice).toMatchObject({ status: 'paid', total: 0 });
});

test('refuses an anchor in the past or after the first period', async () => {
  const { subscribe } = await openClub();
  for (const day of ['2026-10-31', '2026-12-02']) {
    const failure = await failureOf(subscribe({ billing_cycle_anchor: at(day) }));
    expect(failure).toMatchObject({ statusCode: 400, param: 'billing_cycle_anchor' });
  }
});

test('a change before the anchor is prorated by the full period of its price', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id, items } = await subscribe({ billing_cycle_anchor: at('2026-11-16') });
  wait(5);
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 2 }] });
  const { data } = await stripe.invoiceItems.list({ customer });
  // 10 of the 31 days from 16 October on.
  expect(data.map(({ amount }) => amount)).toEqual([645, -323]);
});

// https://docs.stripe.com/api/subscriptions/update#update_subscription-billing_cycle_anchor
test('restarting the cycle credits the rest of the old period and bills a full one', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe();
  wait(15);
  const reset = await stripe.subscriptions.update(id, {
    billing_cycle_anchor: { type: 'now' },
    expand: ['latest_invoice'],
  });
  expect(reset).toMatchObject({
    billing_cycle_anchor: at('2026-11-16'),
    latest_invoice: { billing_reason: 'subscription_update', status: 'paid', total: 500 },
  });
  expect(periodOf(reset)).toEqual([at('2026-11-16'), at('2026-12-16')]);
});
