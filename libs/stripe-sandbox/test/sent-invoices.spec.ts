import { expect } from 'vitest';
import { failureOf, test } from './support.js';

// https://docs.stripe.com/api/invoices/send
test('an invoice that is sent has a due date, and is not charged', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' });
  const draft = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    custom_fields: [{ name: 'Order', value: '17' }],
    days_until_due: 30,
    footer: 'Thank you',
    pending_invoice_items_behavior: 'include',
  });
  expect(draft).toMatchObject({
    collection_method: 'send_invoice',
    custom_fields: [{ name: 'Order', value: '17' }],
    due_date: draft.created + 30 * 24 * 60 * 60,
    footer: 'Thank you',
    status: 'draft',
  });
  const sent = await stripe.invoices.sendInvoice(draft.id);
  expect(sent).toMatchObject({ status: 'open', attempt_count: 0, amount_remaining: 700 });
  const { data } = await stripe.events.list({ type: 'invoice.sent' });
  expect(data[0]?.data.object).toMatchObject({ id: draft.id });
  const { id } = await stripe.invoices.create({ customer });
  expect(await failureOf(stripe.invoices.sendInvoice(id))).toMatchObject({ statusCode: 400 });
  const undated = stripe.invoices.create({ customer, collection_method: 'send_invoice' });
  expect(await failureOf(undated)).toMatchObject({ statusCode: 400 });
  const charged = stripe.invoices.create({ customer, days_until_due: 3 });
  expect(await failureOf(charged)).toMatchObject({ statusCode: 400, param: 'days_until_due' });
});

// https://docs.stripe.com/api/invoices/delete
test('only a draft can be deleted', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create();
  const { id } = await stripe.invoices.create({ customer });
  expect(await stripe.invoices.del(id)).toEqual({ id, object: 'invoice', deleted: true });
  expect(await failureOf(stripe.invoices.retrieve(id))).toMatchObject({ statusCode: 404 });
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  await stripe.invoices.finalizeInvoice(draft.id);
  expect(await failureOf(stripe.invoices.del(draft.id))).toMatchObject({ statusCode: 400 });
});
