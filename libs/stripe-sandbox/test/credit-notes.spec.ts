import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { openClub } from './club.js';
import { failureOf } from './support.js';

/** A finalized invoice of $20.00 with one line of four. */
async function openInvoice({ isPaid = false } = {}) {
  const club = await openClub();
  const { stripe, customer } = club;
  await stripe.invoiceItems.create({
    customer,
    currency: 'usd',
    unit_amount_decimal: '500' as unknown as Stripe.Decimal,
    quantity: 4,
    description: 'Seats',
  });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  const open = await stripe.invoices.finalizeInvoice(draft.id);
  const invoice = isPaid ? await stripe.invoices.pay(open.id) : open;
  const current = () => stripe.invoices.retrieve(invoice.id, { expand: ['payments'] });
  return { ...club, invoice, line: invoice.lines.data[0]!, current };
}

// https://docs.stripe.com/api/credit_notes/create
test('a credit note for an open invoice reduces what it asks for', async () => {
  const { stripe, customer, invoice, line, current } = await openInvoice();
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    lines: [{ type: 'invoice_line_item', invoice_line_item: line.id, quantity: 1 }],
    memo: 'One seat less',
    reason: 'order_change',
  });
  expect(note).toMatchObject({
    id: expect.stringMatching(/^cn_1[A-Za-z0-9]{23}$/),
    object: 'credit_note',
    amount: 500,
    customer,
    currency: 'usd',
    invoice: invoice.id,
    memo: 'One seat less',
    number: `${invoice.number}-CN-01`,
    out_of_band_amount: null,
    post_payment_amount: 0,
    pre_payment_amount: 500,
    reason: 'order_change',
    refunds: [],
    status: 'issued',
    total: 500,
    type: 'pre_payment',
    voided_at: null,
  });
  expect(note.lines.data).toMatchObject([
    {
      object: 'credit_note_line_item',
      amount: 500,
      description: 'Seats',
      invoice_line_item: line.id,
      quantity: 1,
      type: 'invoice_line_item',
      unit_amount: 500,
    },
  ]);
  expect(await current()).toMatchObject({
    amount_due: 1500,
    amount_remaining: 1500,
    pre_payment_credit_notes_amount: 500,
    status: 'open',
  });
  const paid = await stripe.invoices.pay(invoice.id);
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 1500 });
  const charges = await stripe.charges.list({ customer });
  expect(charges.data.map(({ amount }) => amount)).toEqual([1500]);
});

test('a credit note for all that remains makes the invoice paid, without a payment', async () => {
  const { stripe, customer, invoice, current } = await openInvoice();
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 2000 });
  const paid = await current();
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 0, amount_remaining: 0 });
  expect((await stripe.paymentIntents.list({ customer })).data).toMatchObject([{ status: 'canceled' }]);
});

// https://docs.stripe.com/api/credit_notes/line_item
test('a credit note credits the same part of a discount as of its line', async () => {
  const { stripe, customer } = await openClub();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  await stripe.invoiceItems.create({ customer, amount: 2000 });
  const draft = await stripe.invoices.create({
    customer,
    discounts: [{ coupon }],
    pending_invoice_items_behavior: 'include',
  });
  const invoice = await stripe.invoices.finalizeInvoice(draft.id);
  const invoice_line_item = invoice.lines.data[0]!.id;
  const credit = (amount: number) =>
    stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [{ type: 'invoice_line_item', invoice_line_item, amount }],
    });
  const [discount] = draft.discounts;
  const note = await credit(500);
  expect(note).toMatchObject({
    subtotal: 500,
    discount_amount: 50,
    discount_amounts: [{ amount: 50, discount }],
    total: 450,
  });
  expect(note.lines.data).toMatchObject([{ amount: 500, discount_amount: 50 }]);
  expect((await credit(1500)).total).toBe(1350);
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid');
});

test('voiding a credit note takes it back', async () => {
  const { stripe, invoice, current } = await openInvoice();
  const { id } = await stripe.creditNotes.create({ invoice: invoice.id, amount: 700 });
  expect(await stripe.creditNotes.voidCreditNote(id)).toMatchObject({
    status: 'void',
    voided_at: Date.UTC(2026, 10, 1) / 1000,
  });
  expect(await current()).toMatchObject({ amount_remaining: 2000, pre_payment_credit_notes_amount: 0 });
  expect(await failureOf(stripe.creditNotes.voidCreditNote(id))).toMatchObject({ statusCode: 400 });
});

test('after the payment, a credit note refunds, credits the balance, or records another way', async () => {
  const { stripe, customer, invoice, current } = await openInvoice({ isPaid: true });
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    amount: 1200,
    refund_amount: 600,
    credit_amount: 400,
    out_of_band_amount: 200,
    expand: ['customer_balance_transaction'],
  });
  expect(note).toMatchObject({
    type: 'post_payment',
    post_payment_amount: 1200,
    pre_payment_amount: 0,
    out_of_band_amount: 200,
    refunds: [{ amount_refunded: 600, type: 'refund' }],
    customer_balance_transaction: {
      amount: -400,
      credit_note: note.id,
      ending_balance: -400,
      type: 'credit_note',
    },
  });
  const refund = await stripe.refunds.retrieve(note.refunds[0]!.refund as string);
  expect(refund).toMatchObject({ amount: 600, status: 'succeeded' });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -400 });
  expect(await current()).toMatchObject({ status: 'paid', post_payment_credit_notes_amount: 1200 });
  expect(await failureOf(stripe.creditNotes.voidCreditNote(note.id))).toMatchObject({ statusCode: 400 });
});

test('an existing refund can be linked', async () => {
  const { stripe, customer, invoice } = await openInvoice({ isPaid: true });
  const [charge] = (await stripe.charges.list({ customer })).data;
  const { id: refund } = await stripe.refunds.create({ charge: charge!.id, amount: 300 });
  const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 300, refunds: [{ refund }] });
  expect(note.refunds).toEqual([
    { amount_refunded: 300, payment_record_refund: null, refund, type: 'refund' },
  ]);
  expect((await stripe.refunds.list({ charge: charge!.id })).data).toHaveLength(1);
});

test('refuses amounts that are too large, or not wholly allocated, and drafts', async () => {
  const { stripe, customer, invoice } = await openInvoice({ isPaid: true });
  const create = (params: Partial<Stripe.CreditNoteCreateParams>) =>
    failureOf(stripe.creditNotes.create({ invoice: invoice.id, ...params }));
  expect((await create({ amount: 2001, credit_amount: 2001 })).statusCode).toBe(400);
  expect((await create({ amount: 500 })).message).toContain('must equal the post payment amount ($5.00)');
  expect((await create({ amount: 500, credit_amount: 400 })).statusCode).toBe(400);
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 1500, credit_amount: 1500 });
  expect((await create({ amount: 501, credit_amount: 501 })).statusCode).toBe(400);
  const { id: draft } = await stripe.invoices.create({ customer });
  expect(await create({ invoice: draft, amount: 1 })).toMatchObject({ statusCode: 400, param: 'invoice' });
});

test('a preview has no effect', async () => {
  const { stripe, invoice, current } = await openInvoice();
  const lines = [
    { type: 'custom_line_item' as const, description: 'Goodwill', unit_amount: 100, quantity: 2 },
  ];
  const preview = await stripe.creditNotes.preview({ invoice: invoice.id, lines });
  expect(preview).toMatchObject({ total: 200, pre_payment_amount: 200 });
  const listed = await stripe.creditNotes.listPreviewLineItems({ invoice: invoice.id, lines });
  expect(listed.data).toMatchObject([
    { description: 'Goodwill', amount: 200, unit_amount: 100, quantity: 2 },
  ]);
  expect((await stripe.creditNotes.list({ invoice: invoice.id })).data).toEqual([]);
  expect((await current()).amount_remaining).toBe(2000);
});

// https://docs.stripe.com/billing/customer/balance
test("the customer's balance has a history", async () => {
  const { stripe, customer } = await openInvoice();
  await stripe.customers.createBalanceTransaction(customer, { amount: -700, currency: 'usd' });
  await stripe.customers.update(customer, { balance: -900 });
  await stripe.invoiceItems.create({ customer, currency: 'usd', amount: 1000 });
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
  expect((await stripe.invoices.finalizeInvoice(id)).amount_due).toBe(100);
  const { data } = await stripe.customers.listBalanceTransactions(customer);
  expect(data).toMatchObject([
    { amount: 900, ending_balance: 0, invoice: id, type: 'applied_to_invoice' },
    { amount: -200, ending_balance: -900, type: 'adjustment' },
    { amount: -700, ending_balance: -700, type: 'adjustment' },
  ]);
});
