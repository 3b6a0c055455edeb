import { expect } from 'vitest';
import { at, openClub, priceOf } from './club.js';
import { failureOf, test } from './support.js';

test('an invoice can include the pending items of its customer', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const item = await stripe.invoiceItems.create({
    customer,
    amount: 2000,
    currency: 'eur',
    description: 'Labels',
  });
  expect(item).toMatchObject({ amount: 2000, date: at('2026-11-01'), invoice: null, proration: false });
  await stripe.invoiceItems.create({ customer, amount: -500 });
  const empty = await stripe.invoices.create({ customer });
  expect(empty).toMatchObject({ total: 0, status: 'draft', billing_reason: 'manual', parent: null });
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  expect(invoice).toMatchObject({ currency: 'eur', total: 1500, auto_advance: false });
  expect(invoice.lines.data.map(({ amount, description }) => [amount, description])).toEqual([
    [2000, 'Labels'],
    [-500, null],
  ]);
  expect(await stripe.invoiceItems.retrieve(item.id)).toMatchObject({ invoice: invoice.id });
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([]);
  expect((await stripe.invoiceItems.list({ invoice: invoice.id })).data).toHaveLength(2);
});

// https://docs.stripe.com/api/invoiceitems/delete
test('an item can be deleted until its invoice is finalized', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const make = () => stripe.invoiceItems.create({ customer, amount: 2000 });
  const { id } = await make();
  expect(await stripe.invoiceItems.del(id)).toMatchObject({ id, object: 'invoiceitem', deleted: true });
  const taken = await make();
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  expect(invoice.total).toBe(2000);
  expect(await stripe.invoiceItems.del(taken.id)).toMatchObject({ deleted: true });
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ total: 0, lines: { data: [] } });
  const { id: last } = await stripe.invoiceItems.create({ customer, amount: 100, invoice: invoice.id });
  await stripe.invoices.finalizeInvoice(invoice.id);
  const failure = await failureOf(stripe.invoiceItems.del(last));
  expect(failure).toMatchObject({ statusCode: 400, code: 'invoice_not_editable' });
  const { data } = await stripe.events.list({ types: ['invoiceitem.created', 'invoiceitem.deleted'] });
  expect(data.map(({ type }) => type)).toEqual([
    'invoiceitem.created',
    'invoiceitem.deleted',
    'invoiceitem.created',
    'invoiceitem.deleted',
    'invoiceitem.created',
  ]);
});

test('paying a draft finalizes it, and a decline leaves it open', async () => {
  const { stripe, customer, card } = await openClub();
  await stripe.invoiceItems.create({ customer, amount: 2000 });
  const params = { customer, pending_invoice_items_behavior: 'include' as const };
  const { id } = await stripe.invoices.create({ ...params, description: 'Once' });
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  const failure = await failureOf(stripe.invoices.pay(id, { payment_method: bad.id }));
  expect(failure).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', attempt_count: 1 });
  expect(await stripe.invoices.pay(id, { payment_method: card })).toMatchObject({
    status: 'paid',
    amount_paid: 2000,
    description: 'Once',
    number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
  });
});

// https://docs.stripe.com/billing/invoices/subscription#adding-upcoming-invoice-items
test("a renewal includes the customer's pending items", async () => {
  const { stripe, subscribe, customer, invoices, wait } = await openClub();
  const { id } = await subscribe();
  await stripe.invoiceItems.create({ customer, amount: 250 });
  wait(31);
  const [renewal] = await invoices(id);
  expect(renewal).toMatchObject({ status: 'paid', total: 1250 });
});

// https://docs.stripe.com/billing/subscriptions/prorations
test('prorations are pending invoice items until the renewal', async () => {
  const { stripe, subscribe, customer, price, invoices, wait } = await openClub();
  const { id, items } = await subscribe();
  const other = await subscribe();
  const dearer = await priceOf(stripe, 2000);
  wait(15);
  await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, price: dearer.id }] });
  const { data } = await stripe.invoiceItems.list({ customer, pending: true });
  const parent = { subscription_details: { subscription: id, subscription_item: items.data[0]!.id } };
  const period = { start: at('2026-11-16'), end: at('2026-12-01') };
  expect(data).toMatchObject([
    {
      amount: 1000,
      description: 'Remaining time on Plan 2000 after 16 Nov 2026',
      parent,
      period,
      pricing: { price_details: { price: dearer.id } },
      proration: true,
    },
    {
      amount: -500,
      description: 'Unused time on Plan 1000 after 16 Nov 2026',
      parent,
      period,
      pricing: { price_details: { price: price.id } },
      proration: true,
    },
  ]);
  wait(16);
  const [renewal] = await invoices(id);
  expect(renewal).toMatchObject({ status: 'paid', total: 2500 });
  const prorated = renewal!.lines.data.map(({ parent: of }) => of!.subscription_item_details!);
  expect(prorated.map(({ proration }) => proration)).toEqual([true, true, false]);
  expect(prorated.map(({ invoice_item }) => invoice_item)).toEqual([data[1]!.id, data[0]!.id, null]);
  expect((await stripe.invoiceItems.retrieve(data[0]!.id)).invoice).toBe(renewal!.id);
  expect((await invoices(other.id))[0]!.total).toBe(1000);
});

test("a deleted customer's drafts are not finalized", async () => {
  const { stripe, wait, customer } = await openClub();
  await stripe.invoiceItems.create({ customer, amount: 2000 });
  const params = { customer, pending_invoice_items_behavior: 'include' as const };
  const { id } = await stripe.invoices.create({ ...params, auto_advance: true });
  await stripe.customers.del(customer);
  const failure = await failureOf(stripe.invoices.finalizeInvoice(id));
  expect(failure).toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
  wait(1);
  const invoice = await stripe.invoices.retrieve(id);
  expect(invoice).toMatchObject({ status: 'draft', auto_advance: false, automatically_finalizes_at: null });
  const [event] = (await stripe.events.list({ type: 'invoice.updated' })).data;
  expect(event!.data.object).toMatchObject({ id, auto_advance: false });
});
