import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { saveCustomer } from '../customers/customer.js';
import type { LineDraft } from '../invoices/lines.js';
import { wireDecimal } from '../prices/price.js';
import type { createParams } from './params.js';

/** Source: https://docs.stripe.com/api/invoiceitems/create. */
export function createInvoiceItem(ctx: Context, params: Params<typeof createParams>): Stripe.InvoiceItem {
  const { amount, description = null, metadata } = params;
  const customer = fromParam(ctx.store.customers, params.customer, 'customer');
  const currency = params.currency ?? customer.currency ?? 'usd';
  const now = ctx.now(customer.id);
  const item = insertInvoiceItem(ctx, customer, {
    amount,
    currency,
    description,
    discountable: amount >= 0,
    metadata: mergeMetadata({}, metadata),
    parent: null,
    period: { end: now, start: now },
    pricing: null,
    proration: false,
    quantity: 1,
  });
  if (customer.currency === null) saveCustomer(ctx, customer, { currency });
  return item;
}

/** The fields of a new item that do not follow from its customer. */
export type InvoiceItemDraft = Pick<
  Stripe.InvoiceItem,
  | 'amount'
  | 'currency'
  | 'description'
  | 'discountable'
  | 'metadata'
  | 'parent'
  | 'period'
  | 'pricing'
  | 'proration'
  | 'proration_details'
  | 'quantity'
>;

/** Stores a pending item. */
export function insertInvoiceItem(
  ctx: Context,
  customer: Stripe.Customer,
  draft: InvoiceItemDraft,
): Stripe.InvoiceItem {
  const item = ctx.store.invoiceItems.insert({
    id: newId('invoiceItem'),
    object: 'invoiceitem',
    ...draft,
    customer: customer.id,
    customer_account: null,
    date: ctx.now(customer.id),
    discounts: [],
    invoice: null,
    livemode: false,
    net_amount: draft.amount,
    quantity_decimal: wireDecimal(String(draft.quantity)),
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  });
  ctx.emit('invoiceitem.created', item);
  return item;
}

/**
 * Source: https://docs.stripe.com/api/invoiceitems/delete.
 * @throws StripeFailure 400 for an item on an invoice
 */
export function deleteInvoiceItem(ctx: Context, item: Stripe.InvoiceItem): Stripe.DeletedInvoiceItem {
  if (item.invoice !== null) {
    throw failures.invalidRequest('Can not delete an invoice item that is attached to an invoice.');
  }
  ctx.store.invoiceItems.remove(item.id);
  ctx.emit('invoiceitem.deleted', item);
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

/**
 * A customer's pending items in a currency that any invoice can include, oldest first. The items of subscriptions
 * that have ended are among them. Source: https://docs.stripe.com/api/subscriptions/cancel.
 */
export const pendingItems = (ctx: Context, customer: string, currency: string): Stripe.InvoiceItem[] =>
  pendingForCustomer(ctx, customer).filter(
    (item) => item.currency === currency && !isHeldForSubscription(ctx, item),
  );

/** The prorations that the next invoice of a subscription includes. */
export const pendingProrations = (
  ctx: Context,
  { id, customer }: Stripe.Subscription,
): Stripe.InvoiceItem[] =>
  pendingForCustomer(ctx, customer as string).filter(
    ({ parent }) => parent?.subscription_details?.subscription === id,
  );

/** Whether only the next invoice of a running subscription can include an item. */
function isHeldForSubscription({ store }: Context, { parent }: Stripe.InvoiceItem): boolean {
  const owner = store.subscriptions.get(parent?.subscription_details?.subscription ?? '');
  return owner !== undefined && owner.ended_at === null;
}

const pendingForCustomer = ({ store }: Context, customer: string): Stripe.InvoiceItem[] => [
  ...store.invoiceItems.oldestFirst({ where: { customer, invoice: null } }),
];

/** The invoice line that shows an item. */
export const lineFromItem = (item: Stripe.InvoiceItem): LineDraft => ({
  object: 'line_item',
  amount: item.amount,
  currency: item.currency,
  description: item.description,
  discount_amounts: [],
  discountable: item.discountable,
  discounts: [],
  livemode: false,
  metadata: item.metadata ?? {},
  parent: parentOf(item),
  period: item.period,
  pretax_credit_amounts: [],
  pricing: item.pricing,
  quantity: item.quantity,
  quantity_decimal: item.quantity_decimal,
  subscription: item.parent?.subscription_details?.subscription ?? null,
  subtotal: item.amount,
  taxes: [],
});

function parentOf(item: Stripe.InvoiceItem): Stripe.InvoiceLineItem.Parent {
  const { id, parent, proration } = item;
  const about = { invoice_item: id, proration, proration_details: prorationDetailsOf(item) };
  const owner = parent?.subscription_details;
  if (!owner?.subscription_item) {
    return {
      type: 'invoice_item_details',
      invoice_item_details: { ...about, subscription: owner?.subscription ?? null },
      subscription_item_details: null,
    };
  }
  return {
    type: 'subscription_item_details',
    invoice_item_details: null,
    subscription_item_details: {
      ...about,
      subscription: owner.subscription,
      subscription_item: owner.subscription_item,
    },
  };
}

/** Source: https://docs.stripe.com/api/invoice-line-item/object, `parent.subscription_item_details.proration_details`. */
function prorationDetailsOf({
  proration,
  proration_details,
}: Stripe.InvoiceItem): Stripe.InvoiceLineItem.Parent.SubscriptionItemDetails.ProrationDetails | null {
  if (!proration) return null;
  return { credited_items: proration_details?.credited_items?.invoice_line_item_details ?? null };
}
