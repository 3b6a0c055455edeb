import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf, request } from './support.js';

const linesOf = ({ lines }: Stripe.Invoice) =>
  lines.data.map(({ amount, description }) => [amount, description]);

// https://docs.stripe.com/api/invoices/create_preview
test("a preview is the next period's invoice, and changes nothing", async () => {
  const { stripe, subscribe, customer, invoices } = await openClub();
  const { id } = await subscribe();
  await stripe.invoiceItems.create({ customer, amount: 250, currency: 'usd', description: 'Setup' });
  const before = await stripe.events.list({ limit: 100 });
  const preview = await stripe.invoices.createPreview({ subscription: id });
  expect(preview).toMatchObject({
    id: expect.stringMatching(/^upcoming_in_/),
    amount_due: 1250,
    amount_paid: 0,
    billing_reason: 'upcoming',
    created: at('2026-12-01'),
    number: null,
    status: 'draft',
  });
  expect(linesOf(preview)).toEqual([
    [250, 'Setup'],
    [1000, '1 × Plan 1000 (at $10.00 / month)'],
  ]);
  expect(linesOf(await stripe.invoices.createPreview({ customer }))).toEqual(linesOf(preview));
  expect(await invoices(id)).toHaveLength(1);
  expect((await stripe.events.list({ limit: 100 })).data).toEqual(before.data);
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end).toBe(at('2026-12-01'));
});

// https://docs.stripe.com/billing/subscriptions/prorations#preview-proration
test.each([
  ['create_prorations', 4000, 3],
  ['always_invoice', 1000, 2],
  ['none', 3000, 1],
] as const)('a change is previewed with proration_behavior=%s', async (proration_behavior, due, count) => {
  const { stripe, subscribe, wait } = await openClub();
  const { id, items } = await subscribe();
  const dear = await priceOf(stripe, 3000);
  wait(15);
  const change = { items: [{ id: items.data[0]!.id, price: dear.id }], proration_behavior };
  const preview = await stripe.invoices.createPreview({ subscription: id, subscription_details: change });
  expect(preview.amount_due).toBe(due);
  expect(preview.lines.data).toHaveLength(count);
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.price.unit_amount).toBe(1000);
});

test('the first invoice of a new subscription is previewed, with further items', async () => {
  const { stripe, customer, price } = await openClub();
  const preview = await stripe.invoices.createPreview({
    customer,
    subscription_details: { items: [{ price: price.id, quantity: 2 }] },
    invoice_items: [{ amount: 300, currency: 'usd', description: 'Setup' }],
  });
  expect(preview.amount_due).toBe(2300);
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
});

// https://docs.stripe.com/error-codes#invoice-upcoming-none
test('without anything to invoice there is no preview', async () => {
  const { stripe, customer, subscribe } = await openClub();
  const none = { statusCode: 404, code: 'invoice_upcoming_none' };
  expect(await failureOf(stripe.invoices.createPreview({ customer }))).toMatchObject(none);
  const { id } = await subscribe({ cancel_at_period_end: true });
  expect(await failureOf(stripe.invoices.createPreview({ subscription: id }))).toMatchObject(none);
});

// https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations
test('the older route previews for the versions that have it', async () => {
  const { sandbox, subscribe, customer } = await openClub();
  await subscribe();
  const path = `/v1/invoices/upcoming?customer=${customer}`;
  const older = await request(sandbox, 'GET', path, { headers: { 'stripe-version': '2025-02-24.acacia' } });
  expect([older.status, older.body['amount_due']]).toEqual([200, 1000]);
  const { status, body } = await request(sandbox, 'GET', path);
  expect([status, body.error?.['message']]).toEqual([
    404,
    expect.stringMatching(/^Unrecognized request URL/),
  ]);
});

// https://docs.stripe.com/api/invoices/create_preview#create_create_preview-discounts
test('a preview can have discounts that nothing else has', async () => {
  const { stripe, subscribe, customer, price, invoices } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 20 });
  const discounts = [{ coupon }];
  const items = [{ price: price.id }];
  const dueOf = async (params: Stripe.InvoiceCreatePreviewParams) =>
    (await stripe.invoices.createPreview({ ...params, discounts })).amount_due;
  const automatic_tax = { enabled: false };
  expect(await dueOf({ customer, subscription_details: { items }, automatic_tax })).toBe(800);
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' });
  expect(await dueOf({ customer, currency: 'usd', issuer: { type: 'self' } })).toBe(400);
  const { id } = await subscribe();
  expect(await dueOf({ subscription: id })).toBe(800);
  expect(await dueOf({ customer })).toBe(800);
  expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
  expect((await stripe.coupons.retrieve(coupon)).times_redeemed).toBe(0);
  expect(await invoices(id)).toHaveLength(1);
});
