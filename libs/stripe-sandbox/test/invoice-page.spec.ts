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
