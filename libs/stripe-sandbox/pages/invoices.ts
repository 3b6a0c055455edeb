import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { defaultPayment } from '../nouns/invoices/invoice.js';
import { invoicePage } from './invoice-page.js';
import { renderInvoicePdf } from './invoice-pdf.js';
import { NOT_FOUND, type PageRoute } from './page-server.js';

/** An invoice's `hosted_invoice_url` and `invoice_pdf`: https://docs.stripe.com/invoicing/hosted-invoice-page. */
export const invoicePages: PageRoute[] = [
  {
    path: '/i/:invoice',
    show(ctx, named) {
      const invoice = ctx.store.invoices.get(named['invoice']!);
      if (!invoice?.hosted_invoice_url) return NOT_FOUND;
      return { status: 200, page: invoicePage(invoice, payUrl(ctx, invoice)) };
    },
  },
  {
    path: '/i/:invoice/pdf',
    show(ctx, named) {
      const invoice = ctx.store.invoices.get(named['invoice']!);
      if (!invoice?.invoice_pdf) return NOT_FOUND;
      const taxIds = (invoice.account_tax_ids ?? []) as string[];
      const accountTaxIds = taxIds.flatMap((id) => ctx.store.taxIds.get(id)?.value ?? []);
      return { pdf: renderInvoicePdf({ invoice, accountTaxIds }) };
    },
  },
];

/** Where an open invoice can be paid; null for other invoices. */
function payUrl(ctx: Context, { id, status }: Stripe.Invoice): string | null {
  if (status !== 'open') return null;
  const payment = defaultPayment(ctx, id)!.payment.payment_intent as string;
  return `/confirm/${ctx.store.paymentIntents.get(payment)!.client_secret}`;
}
