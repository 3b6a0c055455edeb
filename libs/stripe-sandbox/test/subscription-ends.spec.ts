import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf } from './support.js';

test('a subscription that is canceled now ends at once, and is listed only by status', async () => {
  const { stripe, subscribe, customer } = await openClub();
  const { id } = await subscribe();
  expect(await stripe.subscriptions.cancel(id)).toMatchObject({
    status: 'canceled',
    canceled_at: at('2026-11-01'),
    ended_at: at('2026-11-01'),
    cancellation_details: { reason: 'cancellation_requested' },
  });
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
  expect((await stripe.subscriptions.list({ customer, status: 'canceled' })).data).toHaveLength(1);
  expect(await failureOf(stripe.subscriptions.cancel(id))).toMatchObject({ code: 'resource_missing' });
  expect((await failureOf(stripe.subscriptions.update(id, { cancel_at_period_end: true }))).message).toBe(
    'A canceled subscription can only update its cancellation_details and metadata.',
  );
});

test('cancel_at_period_end ends a subscription, unless it is reset before', async () => {
  const { stripe, subscribe, wait } = await openClub();
  const { id } = await subscribe();
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
    status: 'active',
    cancel_at: at('2026-12-01'),
    cancel_at_period_end: true,
    canceled_at: at('2026-11-01'),
  });
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
    cancel_at: null,
    canceled_at: null,
  });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  wait(31);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: at('2026-12-01'),
  });
});

// Source: cancel_at of https://docs.stripe.com/api/subscriptions/update.
test('cancel_at ends a subscription, and its last period is billed up to then', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  const cancel_at = at('2026-12-11');
  const updated = await stripe.subscriptions.update(id, { cancel_at, proration_behavior: 'none' });
  expect(updated).toMatchObject({ cancel_at, cancel_at_period_end: false, status: 'active' });
  wait(31);
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 323, status: 'paid' });
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active');
  wait(10);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: cancel_at,
  });
  expect(await failureOf(stripe.subscriptions.update(id, { cancel_at }))).toMatchObject({ statusCode: 400 });
});

test('removing cancel_at bills the rest of the period', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.subscriptions.update(id, { cancel_at: at('2026-12-11'), proration_behavior: 'none' });
  wait(31);
  await stripe.subscriptions.update(id, { cancel_at: '' });
  wait(10);
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 677, status: 'paid' });
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end).toBe(at('2027-01-01'));
});

test("deleting a customer ends the customer's subscriptions", async () => {
  const { stripe, subscribe, customer } = await openClub();
  const { id } = await subscribe();
  await stripe.customers.del(customer);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
});

// https://docs.stripe.com/api/subscriptions/cancel: pending prorations are collected at the end of the period.
test('pending prorations are collected when the subscription ends', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  wait(15);
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 4 }] });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  wait(16);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
  expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 1500, amount_paid: 1500 });
});

test('an early end credits the rest of the period to the balance, unless it is reset', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id } = await subscribe();
  const pending = async () => (await stripe.invoiceItems.list({ customer, pending: true })).data;
  await stripe.subscriptions.update(id, { cancel_at: at('2026-11-21') });
  expect(await pending()).toMatchObject([{ amount: -333 }]);
  await stripe.subscriptions.update(id, { cancel_at: '' });
  expect(await pending()).toEqual([]);
  await stripe.subscriptions.update(id, { cancel_at: at('2026-11-16') });
  wait(16);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
});

// https://docs.stripe.com/billing/subscriptions/prorations: a proration credits what has been billed.
test('does not credit time that was not billed', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const balance = async () => ((await stripe.customers.retrieve(customer)) as Stripe.Customer).balance;
  const ended = await subscribe({ trial_period_days: 14 });
  await stripe.subscriptions.update(ended.id, { cancel_at: at('2026-11-06') });
  expect((await stripe.invoiceItems.list({ customer })).data).toEqual([]);
  const tried = await subscribe({ trial_period_days: 14 });
  const free = await subscribe({ billing_cycle_anchor: at('2026-11-16'), proration_behavior: 'none' });
  wait(6);
  await stripe.subscriptions.cancel(tried.id, { prorate: true, invoice_now: true });
  await stripe.subscriptions.cancel(free.id, { prorate: true, invoice_now: true });
  expect(await balance()).toBe(0);
});

test('credits unused time only once', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.subscriptions.update(id, { cancel_at: at('2026-11-21') });
  wait(15);
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
});

test('a price change is prorated only up to a scheduled end', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id, items } = await subscribe();
  await stripe.subscriptions.update(id, { cancel_at: at('2026-11-21') });
  wait(15);
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 4 }] });
  const { data } = await stripe.invoiceItems.list({ customer, pending: true });
  // Half of a month of 1 given back, half of a month of 4 to pay, a third of a month of 4 given back.
  expect(data.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([-1333, -500, 2000]);
  wait(5);
  expect((await stripe.invoices.list({ subscription: id })).data[0]).toMatchObject({
    status: 'paid',
    total: 167,
  });
});

// https://docs.stripe.com/api/subscriptions/cancel
test('canceling now deletes pending prorations, keeps other items, or bills all of them', async () => {
  const { stripe, customer, subscribe, invoices, wait } = await openClub();
  const pending = async () =>
    (await stripe.invoiceItems.list({ customer, pending: true })).data.map(({ amount }) => amount);
  const subscribed = await Promise.all([subscribe(), subscribe(), subscribe()]);
  const [dropped, left, billed] = subscribed.map(({ id }) => id) as [string, string, string];
  wait(15);
  for (const { id, items } of subscribed) {
    await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 4 }] });
  }
  await stripe.subscriptions.cancel(dropped);
  expect(await pending()).toEqual([2000, -500, 2000, -500]);
  await stripe.subscriptions.cancel(left, { prorate: true });
  expect(await pending()).toEqual([-2000, 2000, -500, 2000, -500]);
  await stripe.invoiceItems.create({ customer, amount: 250 });
  await stripe.subscriptions.cancel(billed, { invoice_now: true });
  expect(await pending()).toEqual([]);
  expect((await invoices(billed))[0]).toMatchObject({ status: 'paid', total: 1250, amount_paid: 1250 });
  expect(await invoices(dropped)).toHaveLength(1);
});

// https://docs.stripe.com/api/subscriptions/create#create_subscription-cancel_at
test('a subscription that will end in its first period is billed up to then', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe({ cancel_at: at('2026-11-16') });
  expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 500 });
  const whole = await subscribe({ cancel_at: at('2026-11-16'), proration_behavior: 'none' });
  expect((await invoices(whole.id))[0]).toMatchObject({ status: 'paid', total: 1000 });
  const month = await subscribe({ cancel_at: 'min_period_end' });
  expect(month).toMatchObject({ cancel_at: at('2026-12-01'), cancel_at_period_end: false });
  wait(15);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
  expect(await invoices(id)).toHaveLength(1);
});
