import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf, openBench } from './support.js';

const warnings = async (stripe: Stripe): Promise<number[]> =>
  (await stripe.events.list({ type: 'customer.subscription.trial_will_end' })).data.map(
    ({ created }) => created,
  );

// https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end
test('emits trial_will_end three days before the end of a trial', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe({ trial_period_days: 10 });
  wait(6);
  expect(await warnings(stripe)).toEqual([]);
  wait(2);
  await stripe.subscriptions.update(id, { metadata: { seen: 'yes' } });
  wait(30);
  expect(await warnings(stripe)).toEqual([at('2026-11-08')]);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
});

test('emits trial_will_end at once for a shorter trial, and for one that is ended early', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe({ trial_period_days: 2 });
  expect(await warnings(stripe)).toEqual([at('2026-11-01')]);
  wait(1);
  await stripe.subscriptions.update(id, { trial_end: 'now' });
  expect(await warnings(stripe)).toEqual([at('2026-11-02'), at('2026-11-01')]);
});

test('emits trial_will_end again for an extended trial', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe({ trial_period_days: 7 });
  wait(5);
  await stripe.subscriptions.update(id, { trial_end: at('2026-11-20') });
  wait(20);
  expect(await warnings(stripe)).toEqual([at('2026-11-17'), at('2026-11-05')]);
});

/** A trial of a customer who has no card. */
async function openCardless(params: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const bench = await openBench();
  const { stripe } = bench;
  const { id: customer } = await stripe.customers.create();
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: (await priceOf(stripe, 1000)).id }],
    trial_period_days: 7,
    expand: ['pending_setup_intent'],
    ...params,
  });
  const pending = subscription.pending_setup_intent as Stripe.SetupIntent;
  return { ...bench, customer, subscription, pending };
}

// https://docs.stripe.com/api/subscriptions/object#subscription_object-pending_setup_intent
test('a trial without a card creates a pending setup intent', async () => {
  const { stripe, customer, subscription, pending } = await openCardless({
    payment_settings: { save_default_payment_method: 'on_subscription' },
  });
  expect(pending).toMatchObject({
    object: 'setup_intent',
    customer,
    status: 'requires_payment_method',
    usage: 'off_session',
  });
  const { payment_method } = await stripe.setupIntents.confirm(pending.id, {
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com',
  });
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    default_payment_method: payment_method,
    pending_setup_intent: null,
    status: 'trialing',
  });
});

test('canceling a trial cancels its pending setup intent', async () => {
  const { stripe, subscription, pending } = await openCardless();
  await stripe.subscriptions.cancel(subscription.id);
  expect((await stripe.setupIntents.retrieve(pending.id)).status).toBe('canceled');
});

test('a trial with a card has no pending setup intent', async () => {
  const { subscribe } = await openClub();
  expect((await subscribe({ trial_period_days: 7 })).pending_setup_intent).toBeNull();
});

// Recorded from Stripe: `trial_end=now` on an active subscription changes nothing.
test('ending a trial that there is not has no effect', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items, latest_invoice } = await subscribe();
  wait(5);
  expect(await stripe.subscriptions.update(id, { trial_end: 'now' })).toMatchObject({
    billing_cycle_anchor: at('2026-11-01'),
    items: { data: [items.data[0]] },
    latest_invoice,
    trial_end: null,
  });
  expect(await invoices(id)).toHaveLength(1);
});

// https://docs.stripe.com/billing/subscriptions/billing-mode/compare, trials
test.each([
  ['classic', 'Trial period for Seats', '2026-11-01'],
  ['flexible', 'Free trial for 2 seat x Seats', '2026-11-20'],
] as const)('a trial in %s billing mode', async (type, description, laterStart) => {
  const { stripe, customer, wait } = await openClub();
  const seats = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Seats', unit_label: 'seat' },
  });
  const { id, latest_invoice } = await stripe.subscriptions.create({
    customer,
    items: [{ price: seats.id, quantity: 2 }],
    billing_mode: { type },
    trial_period_days: 7,
    expand: ['latest_invoice'],
  });
  expect((latest_invoice as Stripe.Invoice).lines.data[0]).toMatchObject({ amount: 0, description });
  wait(19);
  const again = await stripe.subscriptions.update(id, { trial_end: at('2026-12-25') });
  expect(again).toMatchObject({ status: 'trialing', trial_start: at(laterStart) });
});

// https://docs.stripe.com/api/subscriptions/update#update_subscription-trial_from_plan
test('an update can begin the trial of its price', async () => {
  const { stripe, subscribe } = await openClub();
  const { id, items } = await subscribe();
  const { data } = items;
  const withTrial = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month', trial_period_days: 14 },
    product: data[0]!.price.product as string,
  });
  const change = { items: [{ id: data[0]!.id, price: withTrial.id }] };
  const both = stripe.subscriptions.update(id, {
    ...change,
    trial_end: at('2026-12-24'),
    trial_from_plan: true,
  });
  expect((await failureOf(both)).statusCode).toBe(400);
  expect((await stripe.subscriptions.update(id, change)).status).toBe('active');
  const trial = await stripe.subscriptions.update(id, { trial_from_plan: true });
  expect(trial).toMatchObject({ status: 'trialing', trial_end: at('2026-11-15') });
});
