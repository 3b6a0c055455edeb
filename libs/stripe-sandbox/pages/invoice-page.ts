import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** The customer's view of an invoice, with a link to pay it if it is open. */
export function invoicePage(invoice: Stripe.Invoice, payUrl: string | null): string {
  const { currency, number, customer_email, amount_due, total, lines } = invoice;
  return layout(
    'Invoice',
    html`<section class="card">
      <h1>Invoice ${number}</h1>
      <p class="total">
        ${formatAmount(amount_due, currency)} <small>${currency.toUpperCase()}, ${invoice.status}</small>
      </p>
      ${customer_email && html`<p>To ${customer_email}</p>`}
      <ul class="lines">
        ${lines.data.map(lineRow)}
        ${total !== amount_due && row('Applied customer balance', amount_due - total, currency)}
        <li class="sum">
          <span>Amount due</span><span class="amount">${formatAmount(amount_due, currency)}</span>
        </li>
      </ul>
      ${invoice.invoice_pdf && html`<p><a href="${invoice.invoice_pdf}">Download the invoice (PDF)</a></p>`}
      ${payUrl && html`<a class="button" href="${payUrl}">Pay this invoice</a>`}
    </section>`,
  );
}

const lineRow = ({ description, amount, currency }: Stripe.InvoiceLineItem): Html =>
  row(description ?? '', amount, currency);

const row = (text: string, amountMinor: number, currency: string): Html =>
  html`<li><span>${text}</span><span class="amount">${formatAmount(amountMinor, currency)}</span></li>`;
