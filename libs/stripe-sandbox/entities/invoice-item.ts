import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { failures } from '../http/errors.js';
import { fromParam } from '../http/lookup.js';
import { mergeMetadata } from '../http/metadata.js';
import type { Params } from '../http/params.js';
import type { createParams } from '../routes/invoice-items.js';
import { newId } from '../store/ids.js';
import { changeCustomer } from './customer.js';
import type { LineDraft } from './invoice-lines.js';

/** Source: https://docs.stripe.com/api/invoiceitems/create. */
export function createInvoiceItem(ctx: Context, params: Params<typeof createParams>): Stripe.InvoiceItem {
  const { amount, description = null, metadata } = params;
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const currency = params.currency ?? customer.currency ?? 'usd';
  const now = ctx.now(customer.id);
  const item = ctx.store.invoiceItems.insert({
    id: newId('invoiceItem'),
    object: 'invoiceitem',
    amount,
    currency,
    customer: customer.id,
    customer_account: null,
    date: now,
    description,
    discountable: amount >= 0,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: mergeMetadata({}, metadata),
    net_amount: amount,
    parent: null,
    period: { end: now, start: now },
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: '1' as unknown as Stripe.Decimal,
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  });
  if (customer.currency === null) changeCustomer(ctx, customer, { currency });
  ctx.emit('invoiceitem.created', item);
  return item;
}

/**
 * Source: https://docs.stripe.com/api/invoiceitems/delete.
 * @throws StripeFailure 400 once it is on an invoice
 */
export function deleteInvoiceItem(ctx: Context, item: Stripe.InvoiceItem): Stripe.DeletedInvoiceItem {
  if (item.invoice !== null) {
    throw failures.invalidRequest('Can not delete an invoice item that is attached to an invoice.');
  }
  ctx.store.invoiceItems.remove(item.id);
  ctx.emit('invoiceitem.deleted', item);
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

/** What waits for a customer's next invoice in a currency, oldest first. */
export const pendingItems = (ctx: Context, customer: string, currency: string): Stripe.InvoiceItem[] =>
  [...ctx.store.invoiceItems.oldestFirst({ where: { customer, invoice: null } })].filter(
    (item) => item.currency === currency,
  );

/** The line that an invoice shows an item as. */
export const lineOfItem = (item: Stripe.InvoiceItem): LineDraft => ({
  object: 'line_item',
  amount: item.amount,
  currency: item.currency,
  description: item.description,
  discount_amounts: [],
  discountable: item.discountable,
  discounts: [],
  livemode: false,
  metadata: item.metadata ?? {},
  parent: {
    type: 'invoice_item_details',
    invoice_item_details: {
      invoice_item: item.id,
      proration: false,
      proration_details: null,
      subscription: null,
    },
    subscription_item_details: null,
  },
  period: item.period,
  pretax_credit_amounts: [],
  pricing: null,
  quantity: item.quantity,
  quantity_decimal: item.quantity_decimal,
  subscription: null,
  subtotal: item.amount,
  taxes: [],
});
