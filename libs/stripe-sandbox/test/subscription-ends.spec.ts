import { expect, test } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf } from './support.js';

test('canceled now, it ends at once, and is listed only when asked for', async () => {
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

test('at the end of the period it ends, unless it is resumed before', async () => {
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
test('at a given day it ends, and the last period is billed up to it', async () => {
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

test('a last period that goes on after all is billed for the rest of it', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.subscriptions.update(id, { cancel_at: at('2026-12-11'), proration_behavior: 'none' });
  wait(31);
  await stripe.subscriptions.update(id, { cancel_at: '' });
  wait(10);
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 677, status: 'paid' });
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end).toBe(at('2027-01-01'));
});

test("a customer's subscriptions end with it", async () => {
  const { stripe, subscribe, customer } = await openClub();
  const { id } = await subscribe();
  await stripe.customers.del(customer);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
});

// https://docs.stripe.com/api/subscriptions/cancel: pending prorations are collected at the end of the period.
test('what a change has left to pay is collected when the subscription ends', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  wait(15);
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 4 }] });
  await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  wait(16);
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
  expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 1500, amount_paid: 1500 });
});

test('the rest of a period cut short goes to the balance, unless the end is taken back', async () => {
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
