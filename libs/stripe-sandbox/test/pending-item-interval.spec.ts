import { expect, test } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf } from './support.js';

const weekly = { interval: 'week' } as const;

// The bench stands at the start of 2026-11-01;
// https://docs.stripe.com/api/subscriptions/create#create_subscription-pending_invoice_item_interval.
test('pending items are billed at the interval, within a period', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const subscription = await subscribe({ pending_invoice_item_interval: weekly });
  expect(subscription).toMatchObject({
    pending_invoice_item_interval: { interval: 'week', interval_count: 1 },
    next_pending_invoice_item_invoice: at('2026-11-08'),
  });
  const { id } = subscription;
  await stripe.invoiceItems.create({ customer, subscription: id, amount: 300, currency: 'usd' });
  await stripe.invoiceItems.create({ customer, amount: 50, currency: 'usd' });
  wait(8);
  // As an invoice that is created for the subscription, it has the items of the subscription only.
  const [invoice, ...others] = await invoices(id);
  expect(invoice).toMatchObject({
    billing_reason: 'manual',
    created: at('2026-11-08'),
    status: 'paid',
    total: 300,
  });
  expect(others).toHaveLength(1);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    latest_invoice: invoice!.id,
    next_pending_invoice_item_invoice: at('2026-11-15'),
  });
  wait(14);
  // There was nothing to bill on the 15th and the 22nd.
  expect(await invoices(id)).toHaveLength(2);
  const idle = await stripe.subscriptions.retrieve(id);
  expect(idle.next_pending_invoice_item_invoice).toBe(at('2026-11-29'));
  wait(10);
  expect((await invoices(id))[0]).toMatchObject({ billing_reason: 'subscription_cycle', total: 1050 });
});

test('an update sets it, and unsets it: prorations then wait for the renewal', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  const daily = await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]!.id, quantity: 2 }],
    pending_invoice_item_interval: { interval: 'day', interval_count: 2 },
  });
  expect(daily.next_pending_invoice_item_invoice).toBe(at('2026-11-03'));
  wait(3);
  expect((await invoices(id))[0]).toMatchObject({ billing_reason: 'manual', status: 'paid', total: 1000 });
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 3 }] });
  const unset = await stripe.subscriptions.update(id, { pending_invoice_item_interval: '' });
  expect(unset).toMatchObject({
    pending_invoice_item_interval: null,
    next_pending_invoice_item_invoice: null,
  });
  wait(20);
  expect(await invoices(id)).toHaveLength(2);
});

test('a trial is still warned of once', async () => {
  const { stripe, subscribe, wait } = await openClub();
  await subscribe({ trial_period_days: 10, pending_invoice_item_interval: { interval: 'day' } });
  wait(9);
  const { data } = await stripe.events.list({ type: 'customer.subscription.trial_will_end' });
  expect(data.map(({ created }) => created)).toEqual([at('2026-11-08')]);
});

test('while collection is paused the invoice is closed as a renewal is', async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const { id } = await subscribe({ pending_invoice_item_interval: weekly });
  await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } });
  await stripe.invoiceItems.create({ customer, subscription: id, amount: 300, currency: 'usd' });
  wait(8);
  expect((await invoices(id))[0]).toMatchObject({ billing_reason: 'manual', status: 'void', total: 300 });
});

test('refuses more than a year', async () => {
  const { subscribe } = await openClub();
  const long = { interval: 'month', interval_count: 13 } as const;
  const failure = await failureOf(subscribe({ pending_invoice_item_interval: long }));
  expect(failure).toMatchObject({
    statusCode: 400,
    param: 'pending_invoice_item_interval[interval_count]',
  });
  const year = await subscribe({ pending_invoice_item_interval: { interval: 'week', interval_count: 52 } });
  expect(year.next_pending_invoice_item_invoice).toBe(at('2027-10-31'));
});
