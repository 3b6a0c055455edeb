import { expect, test } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf } from './support.js';

// Source: https://docs.stripe.com/billing/subscriptions/prorations; half of a month of 30 days is left.
test('a change of price is prorated on the next invoice, or at once', async () => {
  const { stripe, subscribe, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  const dear = await priceOf(stripe, 3000);
  wait(15);
  const change = { items: [{ id: items.data[0]!.id, price: dear.id }] };
  const changed = await stripe.subscriptions.update(id, change);
  expect(changed.items.data[0]).toMatchObject({
    id: items.data[0]!.id,
    price: { id: dear.id },
    plan: { amount: 3000 },
    current_period_end: at('2026-12-01'),
  });
  wait(16);
  const [renewal] = await invoices(id);
  expect(renewal?.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
    [-500, 'Unused time on Plan 1000 after 16 Nov 2026'],
    [1500, 'Remaining time on Plan 3000 after 16 Nov 2026'],
    [3000, '1 × Plan 3000 (at $30.00 / month)'],
  ]);
  expect(renewal).toMatchObject({ amount_due: 4000, status: 'paid' });

  const cheaper = await priceOf(stripe, 500);
  const back = [{ id: items.data[0]!.id, price: cheaper.id }];
  await stripe.subscriptions.update(id, { items: back, proration_behavior: 'none' });
  expect(await invoices(id)).toHaveLength(2);
  const up = [{ id: items.data[0]!.id, price: dear.id }];
  await stripe.subscriptions.update(id, { items: up, proration_behavior: 'always_invoice' });
  expect((await invoices(id))[0]).toMatchObject({
    billing_reason: 'subscription_update',
    status: 'paid',
  });
});

test('canceling with prorate and invoice_now credits the unused time', async () => {
  const { stripe, subscribe, customer, wait } = await openClub();
  const { id } = await subscribe();
  wait(15);
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
});

test('an item route has the same effect as an update of the subscription', async () => {
  const { stripe, subscribe } = await openClub();
  const { id, items } = await subscribe();
  const { id: item } = items.data[0]!;
  expect((await stripe.subscriptionItems.list({ subscription: id })).data).toEqual(items.data);
  expect(await stripe.subscriptionItems.update(item, { quantity: 3 })).toMatchObject({ quantity: 3 });
  expect((await stripe.subscriptionItems.retrieve(item)).quantity).toBe(3);
  const more = await priceOf(stripe, 200);
  const added = await stripe.subscriptionItems.create({ subscription: id, price: more.id });
  expect(added).toMatchObject({ price: { id: more.id }, subscription: id });
  expect(await stripe.subscriptionItems.del(added.id)).toMatchObject({ deleted: true });
  expect(await failureOf(stripe.subscriptionItems.retrieve(added.id))).toMatchObject({ statusCode: 404 });
  expect((await failureOf(stripe.subscriptionItems.del(item))).param).toBe('items');
});

// https://docs.stripe.com/api/subscriptions/update#update_subscription-proration_date
test('refuses a proration date outside the current period', async () => {
  const { stripe, subscribe } = await openClub();
  const { id, items } = await subscribe();
  for (const proration_date of [1, at('2026-12-02')]) {
    const change = { items: [{ id: items.data[0]!.id, quantity: 2 }], proration_date };
    expect(await failureOf(stripe.subscriptions.update(id, change))).toMatchObject({
      statusCode: 400,
      message: 'Cannot specify proration date outside of current subscription period',
      param: 'proration_date',
    });
  }
});
