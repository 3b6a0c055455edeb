import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { newId } from '../../store/ids.js';
import type { LineDraft } from '../invoices/lines.js';

/** The fields of a new item that do not follow from its customer; without `id` it gets a new one. */
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
  | 'quantity_decimal'
> &
  Partial<Pick<Stripe.InvoiceItem, 'discounts' | 'id'>>;

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
    discounts: draft.discounts ?? [],
    invoice: null,
    livemode: false,
    ...netAmountOf(draft),
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
  });
  ctx.emit('invoiceitem.created', item);
  return item;
}

/** Stripe omits the `net_amount` of an item that discounts apply to. */
export const netAmountOf = ({
  amount,
  discountable,
}: Pick<Stripe.InvoiceItem, 'amount' | 'discountable'>): Pick<Stripe.InvoiceItem, 'net_amount'> => ({
  net_amount: discountable ? undefined : amount,
});

/**
 * A customer's pending items in a currency that any invoice can include, oldest first. The items of subscriptions
 * that have ended are among them. Source: https://docs.stripe.com/api/subscriptions/cancel.
 */
export const pendingItems = (ctx: Context, customer: string, currency: string): Stripe.InvoiceItem[] =>
  pendingForCustomer(ctx, customer).filter(
    (item) => item.currency === currency && !isHeldForSubscription(ctx, item),
  );

/** The pending items that only the next invoice of a subscription includes: prorations, and items made for it. */
export const pendingItemsFor = (ctx: Context, { id, customer }: Stripe.Subscription): Stripe.InvoiceItem[] =>
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
  discounts: item.discounts ?? [],
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
