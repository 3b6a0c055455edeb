import type Stripe from 'stripe';
import { expect } from 'vitest';
import { at, openClub } from './club.js';
import { failureOf, test } from './support.js';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

async function draftFor(stripe: Stripe, customer: string, params: Partial<Stripe.InvoiceCreateParams> = {}) {
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' });
  return stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include', ...params });
}

// https://docs.stripe.com/api/invoices/update
test('a draft takes all settings, and its payment follows them', async () => {
  const { stripe, customer, card } = await openClub();
  const taxId = await stripe.taxIds.create({ type: 'us_ein', value: '12-3456789' });
  const other = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
  const { id } = await draftFor(stripe, customer);
  const address = { line1: '1 Main St', city: 'Springfield', country: 'US' };
  const changed = await stripe.invoices.update(id, {
    account_tax_ids: [taxId.id],
    automatic_tax: { enabled: false },
    default_payment_method: other.id,
    effective_at: at('2026-10-15'),
    issuer: { type: 'self' },
    number: 'A-17',
    payment_settings: { payment_method_types: ['card'] },
    rendering: { amount_tax_display: 'exclude_tax', pdf: { page_size: 'a4' } },
    shipping_details: { name: 'Ada', address },
    statement_descriptor: 'PAYDESK 17',
  });
  expect(changed).toMatchObject({
    account_tax_ids: [taxId.id],
    default_payment_method: other.id,
    effective_at: at('2026-10-15'),
    number: 'A-17',
    payment_settings: { payment_method_types: ['card'] },
    rendering: { amount_tax_display: 'exclude_tax', pdf: { page_size: 'a4' } },
    shipping_details: { name: 'Ada', address },
    statement_descriptor: 'PAYDESK 17',
  });
  const paid = await stripe.invoices.pay(id, {}, { apiVersion: '2026-08-26.dahlia' });
  expect(paid).toMatchObject({ number: 'A-17', effective_at: at('2026-10-15'), status: 'paid' });
  const { data } = await stripe.charges.list({ customer });
  expect(data[0]).toMatchObject({ payment_method: other.id, statement_descriptor: 'PAYDESK 17' });
  expect(data[0]!.payment_method).not.toBe(card);
  // The number did not use up one of the customer's.
  expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({
    next_invoice_sequence: 1,
  });
});

test('what takes effect when an invoice is finalized needs a draft', async () => {
  const { stripe, customer } = await openClub();
  const { id } = await draftFor(stripe, customer);
  await stripe.invoices.finalizeInvoice(id);
  for (const params of [{ number: 'A-18' }, { effective_at: 1 }, { statement_descriptor: 'PAYDESK' }]) {
    expect(await failureOf(stripe.invoices.update(id, params))).toMatchObject({
      statusCode: 400,
      code: 'invoice_not_editable',
    });
  }
  expect((await stripe.invoices.update(id, { footer: 'Thank you' })).footer).toBe('Thank you');
});

test("tax ids of a customer are not the account's", async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const taxId = await stripe.customers.createTaxId(customer, { type: 'us_ein', value: '12-3456789' });
  const refused = stripe.invoices.create({ customer, account_tax_ids: [taxId.id] });
  expect(await failureOf(refused)).toMatchObject({ statusCode: 400, param: 'account_tax_ids[0]' });
});

test('taxes can not be calculated: the account has no head office address', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const refused = stripe.invoices.create({ customer, automatic_tax: { enabled: true } });
  expect(await failureOf(refused)).toMatchObject({ statusCode: 400, param: 'automatic_tax[enabled]' });
});

// https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
test('a draft is finalized and paid when it says so', async () => {
  const { stripe, customer, wait } = await openClub();
  const { id, created } = await draftFor(stripe, customer);
  const automatically_finalizes_at = created + 2 * DAY_SECONDS;
  const scheduled = await stripe.invoices.update(id, { automatically_finalizes_at });
  expect(scheduled).toMatchObject({ auto_advance: true, automatically_finalizes_at });
  const off = await stripe.invoices.update(id, { auto_advance: false });
  expect(off).toMatchObject({ auto_advance: false, automatically_finalizes_at: null });
  await stripe.invoices.update(id, { automatically_finalizes_at });
  wait(1);
  expect((await stripe.invoices.retrieve(id)).status).toBe('draft');
  wait(1);
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
});

test('automatic collection of an open invoice begins an hour after it is switched on', async () => {
  const { stripe, customer, clock } = await openClub();
  const { id } = await draftFor(stripe, customer);
  const open = await stripe.invoices.finalizeInvoice(id, { auto_advance: true });
  expect(open).toMatchObject({ auto_advance: true, status: 'open' });
  await stripe.invoices.update(id, { auto_advance: false });
  clock.advanceMs(HOUR_SECONDS * 1000);
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ auto_advance: false, status: 'open' });
  await stripe.invoices.update(id, { auto_advance: true });
  clock.advanceMs(HOUR_SECONDS * 1000);
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
});

test('the collection method of a draft can change', async () => {
  const { stripe, customer } = await openClub();
  const { id, created } = await draftFor(stripe, customer);
  const undated = stripe.invoices.update(id, { collection_method: 'send_invoice' });
  expect(await failureOf(undated)).toMatchObject({ statusCode: 400, param: 'days_until_due' });
  const sent = await stripe.invoices.update(id, { collection_method: 'send_invoice', days_until_due: 3 });
  expect(sent.due_date).toBe(created + 3 * DAY_SECONDS);
  expect((await stripe.invoices.update(id, { due_date: at('2026-12-01') })).due_date).toBe(at('2026-12-01'));
  const charged = await stripe.invoices.update(id, { collection_method: 'charge_automatically' });
  expect(charged.due_date).toBeNull();
});

// https://docs.stripe.com/api/invoices/pay
test('an invoice that was paid out of band is not charged', async () => {
  const { stripe, customer } = await openClub();
  const { id } = await draftFor(stripe, customer);
  const paid = await stripe.invoices.pay(id, { paid_out_of_band: true, expand: ['payments'] });
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 700, amount_remaining: 0 });
  expect(paid.payments!.data).toMatchObject([{ status: 'canceled' }]);
  expect((await stripe.charges.list({ customer })).data).toEqual([]);
  const { data } = await stripe.events.list({ type: 'invoice.paid' });
  expect(data).toHaveLength(1);
});

test('an uncollectible invoice can still be paid', async () => {
  const { stripe, customer } = await openClub();
  const { id } = await draftFor(stripe, customer);
  await stripe.invoices.finalizeInvoice(id);
  await stripe.invoices.markUncollectible(id);
  expect((await stripe.invoices.pay(id)).status).toBe('paid');
});

test('an invoice for a subscription takes its pending items', async () => {
  const { stripe, customer, subscribe } = await openClub();
  const { id: subscription } = await subscribe();
  await stripe.invoiceItems.create({ customer, amount: 300, currency: 'usd', subscription });
  const invoice = await draftFor(stripe, customer, { subscription });
  expect(invoice).toMatchObject({
    auto_advance: false,
    parent: { subscription_details: { subscription } },
  });
  expect(invoice.total).toBe(300);
  const stranger = await stripe.customers.create();
  const refused = stripe.invoices.create({ customer: stranger.id, subscription });
  expect(await failureOf(refused)).toMatchObject({ statusCode: 400, param: 'subscription' });
});
