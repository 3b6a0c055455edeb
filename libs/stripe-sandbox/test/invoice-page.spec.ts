import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { openClub } from './club.js';
import { visit } from './pages.js';

/** A subscription whose first invoice waits to be paid, with its page. */
async function openInvoice() {
  const club = await openClub();
  const { id, latest_invoice } = await club.subscribe({
    payment_behavior: 'default_incomplete',
    expand: ['latest_invoice'],
  });
  const invoice = latest_invoice as Stripe.Invoice;
  return { ...club, subscription: id, invoice, url: invoice.hosted_invoice_url! };
}

// https://docs.stripe.com/api/invoices/object#invoice_object-hosted_invoice_url
test('a finalized invoice has a page that leads to its payment', async () => {
  const { stripe, subscription, invoice, url, sandbox } = await openInvoice();
  const { text } = await visit(url);
  expect(text).toContain(`Invoice ${invoice.number}`);
  expect(text).toContain('1 × Plan 1000 (at $10.00 / month)');
  const [, path] = /href="(\/confirm\/[^"]+)"/.exec(text)!;
  await visit(sandbox.url + path, { number: '4242424242424242' });
  expect((await stripe.subscriptions.retrieve(subscription)).status).toBe('active');
  const paid = (await visit(url)).text;
  expect(paid).toContain('paid');
  expect(paid).not.toContain('/confirm/');
});

test('what a customer has in credit is on it', async () => {
  const { stripe, customer, subscribe } = await openClub();
  await stripe.customers.update(customer, { balance: -300 });
  const { latest_invoice } = await subscribe({ expand: ['latest_invoice'] });
  const { text } = await visit((latest_invoice as Stripe.Invoice).hosted_invoice_url!);
  expect(text).toContain('-$3.00');
  expect(text).toContain('$7.00');
});

test('a draft has no page yet', async () => {
  const { stripe, sandbox, customer } = await openClub();
  const { id, hosted_invoice_url } = await stripe.invoices.create({ customer, auto_advance: false });
  expect(hosted_invoice_url).toBeNull();
  expect((await visit(`${sandbox.url}/i/${id}`)).status).toBe(404);
});

/** The text of a PDF whose streams are not compressed. */
const textIn = (pdf: Buffer): string =>
  [...pdf.toString('latin1').matchAll(/\[(<[^\]]+)\] TJ/g)]
    .map(([, shown]) =>
      [...shown!.matchAll(/<([0-9a-f]+)>/g)]
        .map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1'))
        .join(''),
    )
    .join('\n');

// https://docs.stripe.com/api/invoices/object#invoice_object-invoice_pdf
test('a finalized invoice has a PDF', async () => {
  const { stripe, customer, sandbox } = await openClub();
  await stripe.customers.update(customer, { name: 'Ada Lovelace' });
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd', description: 'Setup' });
  const { id } = await stripe.invoices.create({
    customer,
    custom_fields: [{ name: 'Order', value: '17' }],
    footer: 'Thank you',
    pending_invoice_items_behavior: 'include',
    rendering: { pdf: { page_size: 'a4' } },
  });
  expect((await visit(`${sandbox.url}/i/${id}/pdf`)).status).toBe(404);
  const { invoice_pdf, number } = await stripe.invoices.pay(id);
  const response = await fetch(invoice_pdf!);
  expect(response.headers.get('content-type')).toBe('application/pdf');
  const pdf = Buffer.from(await response.arrayBuffer());
  expect(pdf.toString('latin1')).toContain('/MediaBox [0 0 595.28 841.89]');
  const text = textIn(pdf);
  for (const shown of [
    number!,
    'November 1, 2026',
    'Order: 17',
    'Ada Lovelace',
    'Setup (1)',
    '$7.00',
    'Thank you',
  ]) {
    expect(text).toContain(shown);
  }
});
