import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf, request } from './support.js';

const linesOf = (invoice: Stripe.Invoice | undefined) =>
  invoice?.lines.data.map(({ amount, description }) => [amount, description]);

/** A subscription of $25 a month from 2027-06-01 on, in the middle of its first month, and a price of $250 a year. */
async function openMidMonth(type: 'classic' | 'flexible') {
  const club = await openClub();
  club.wait(212);
  const monthly = await priceOf(club.stripe, 2500);
  const yearly = await priceOf(club.stripe, 25_000, { interval: 'year' });
  const subscription = await club.subscribe({ items: [{ price: monthly.id }], billing_mode: { type } });
  const { id, items } = subscription;
  club.wait(15);
  const change = (params: Stripe.SubscriptionUpdateParams = {}) =>
    club.stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, price: yearly.id }], ...params });
  return { ...club, ...subscription, yearly, change };
}

// https://docs.stripe.com/billing/subscriptions/billing-mode/compare#reset-the-billing-cycle-anchor; the amounts are
// those that Stripe charged for this change: 15 of 30 days of $25, and 351 of 366 days of $250.
test('flexible billing mode keeps the cycle when the interval changes', async () => {
  const { id, stripe, change, invoices, latest_invoice } = await openMidMonth('flexible');
  const changed = await change({ proration_behavior: 'always_invoice' });
  expect(changed).toMatchObject({
    billing_cycle_anchor: at('2027-06-01'),
    items: { data: [{ current_period_start: at('2027-06-01'), current_period_end: at('2028-06-01') }] },
  });
  const [invoice] = await invoices(id);
  expect(linesOf(invoice)).toEqual([
    [-1250, 'Unused time on Plan 2500 after 16 Jun 2027'],
    [23_975, 'Remaining time on Plan 25000 after 16 Jun 2027'],
  ]);
  expect(invoice).toMatchObject({
    billing_reason: 'subscription_update',
    amount_due: 22_725,
    status: 'paid',
  });
  const [credit, charge] = invoice!.lines.data;
  const first = await stripe.invoices.retrieve(latest_invoice as string);
  // Stripe shows what a credit is for, and no unit amount, since the amount is a part of one.
  expect(credit).toMatchObject({
    parent: {
      subscription_item_details: {
        proration: true,
        proration_details: {
          credited_items: { invoice: first.id, invoice_line_items: [first.lines.data[0]!.id] },
        },
      },
    },
    pricing: { unit_amount_decimal: null },
  });
  expect(charge).toMatchObject({
    parent: {
      subscription_item_details: { proration: true, proration_details: { credited_items: null } },
    },
    pricing: { unit_amount_decimal: null },
  });
});

test('flexible billing mode leaves the prorations of another interval to the next invoice', async () => {
  const { id, stripe, change, invoices } = await openMidMonth('flexible');
  await change();
  expect(await invoices(id)).toHaveLength(1);
  const { data } = await stripe.invoiceItems.list({ pending: true });
  expect(data.map(({ amount }) => amount)).toEqual([23_975, -1250]);
});

test('flexible billing mode resets the cycle if asked to', async () => {
  const { id, change, invoices } = await openMidMonth('flexible');
  const changed = await change({ billing_cycle_anchor: { type: 'now' } });
  expect(changed).toMatchObject({
    billing_cycle_anchor: at('2027-06-16'),
    items: { data: [{ current_period_end: at('2028-06-16') }] },
  });
  expect((await invoices(id))[0]).toMatchObject({ amount_due: 23_750, status: 'paid' });
});

test('classic billing mode begins a new cycle when the interval changes, billed at once', async () => {
  const { id, billing_mode, change, invoices } = await openMidMonth('classic');
  expect(billing_mode).toEqual({ flexible: null, type: 'classic' });
  expect(await change()).toMatchObject({
    billing_cycle_anchor: at('2027-06-16'),
    items: { data: [{ current_period_start: at('2027-06-16'), current_period_end: at('2028-06-16') }] },
  });
  const [invoice] = await invoices(id);
  expect(linesOf(invoice)).toEqual([
    [-1250, 'Unused time on Plan 2500 after 16 Jun 2027'],
    [25_000, '1 × Plan 25000 (at $250.00 / year)'],
  ]);
});

test.each([
  ['classic', '2026-11-16', 1000],
  ['flexible', '2026-11-01', 500],
] as const)('a free plan that is replaced in %s billing mode', async (type, anchor, charged) => {
  const { stripe, subscribe, price, invoices, wait } = await openClub();
  const free = await priceOf(stripe, 0);
  const { id, items } = await subscribe({ items: [{ price: free.id }], billing_mode: { type } });
  wait(15);
  const changed = await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]!.id, price: price.id }],
    proration_behavior: 'always_invoice',
  });
  expect(changed.billing_cycle_anchor).toBe(at(anchor));
  expect((await invoices(id))[0]?.total).toBe(charged);
});

// The example of https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations, in a month of 30 days.
test.each([
  ['classic', -334],
  ['flexible', 0],
] as const)('the credit for a price that was never charged in %s billing mode', async (type, total) => {
  const { stripe, subscribe, price, invoices, wait } = await openClub();
  const dear = await priceOf(stripe, 2000);
  const { id, items } = await subscribe({ billing_mode: { type } });
  wait(10);
  const item = items.data[0]!.id;
  const up = { items: [{ id: item, price: dear.id }], proration_behavior: 'none' as const };
  await stripe.subscriptions.update(id, up);
  wait(10);
  const down = { items: [{ id: item, price: price.id }], proration_behavior: 'always_invoice' as const };
  await stripe.subscriptions.update(id, down);
  expect((await invoices(id))[0]?.total).toBe(total);
});

test('a subscription of a version before the change of the default is classic until it is migrated', async () => {
  const { stripe, sandbox, customer, price } = await openClub();
  const { body } = await request(sandbox, 'POST', '/v1/subscriptions', {
    form: new URLSearchParams({ customer, 'items[0][price]': price.id }).toString(),
    headers: { 'stripe-version': '2025-08-27.basil' },
  });
  expect(body['billing_mode']).toEqual({ flexible: null, type: 'classic' });
  const billing_mode = { type: 'flexible' } as const;
  const migrated = await stripe.subscriptions.migrate(body['id'] as string, { billing_mode });
  expect(migrated.billing_mode).toEqual({
    flexible: { proration_discounts: 'included' },
    type: 'flexible',
    updated_at: at('2026-11-01'),
  });
});

// https://docs.stripe.com/billing/subscriptions/mixed-interval
test('items with different intervals have periods of their own', async () => {
  const { stripe, subscribe, price, invoices, wait } = await openClub();
  const quarterly = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 5000,
    recurring: { interval: 'month', interval_count: 3 },
    product_data: { name: 'Quarterly' },
  });
  const { id } = await subscribe({ items: [{ price: price.id }, { price: quarterly.id }] });
  wait(32);
  const { items } = await stripe.subscriptions.retrieve(id);
  expect(items.data.map((item) => [item.current_period_start, item.current_period_end])).toEqual([
    [at('2026-12-01'), at('2027-01-01')],
    [at('2026-11-01'), at('2027-02-01')],
  ]);
  wait(61);
  expect((await invoices(id)).map(({ total }) => total)).toEqual([6000, 1000, 1000, 6000]);
});

test.each([
  ['classic', 'year', 1],
  ['flexible', 'week', 1],
] as const)('refuses intervals that do not go together in %s billing mode', async (type, interval, count) => {
  const { stripe, subscribe, price } = await openClub();
  const other = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 100,
    recurring: { interval, interval_count: count },
    product_data: { name: 'Other' },
  });
  const failure = await failureOf(
    subscribe({ items: [{ price: price.id }, { price: other.id }], billing_mode: { type } }),
  );
  expect(failure).toMatchObject({ statusCode: 400, param: 'items' });
});
