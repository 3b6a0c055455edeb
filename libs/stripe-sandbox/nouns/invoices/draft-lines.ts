import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { applyRedemptions } from '../discounts/discount.js';
import type { discountsParam } from '../discounts/params.js';
import { readRedemptions } from '../discounts/redemption.js';
import { lineFromItem } from '../invoice-items/invoice-item.js';
import { withDiscounts } from './discounted.js';
import { totalsOf } from './totals.js';

/** Source: https://docs.stripe.com/api/invoiceitems/create. */
const MAX_LINES = 250;

/** @throws StripeFailure 400 for an invoice that is no draft */
export function requireDraft(invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status === 'draft') return invoice;
  throw failures.invalidRequest('This invoice is no longer editable, because it is not a draft.', {
    code: 'invoice_not_editable',
    param: 'invoice',
  });
}

/** @throws StripeFailure 400 for a draft that has as many lines as it can have */
export function requireRoom(draft: Stripe.Invoice): Stripe.Invoice {
  if (draft.lines.data.length < MAX_LINES) return draft;
  throw failures.invalidRequest(`An invoice can have up to ${MAX_LINES} items.`, { param: 'invoice' });
}

/** Adds an item to a draft. */
export function addToDraft(
  ctx: Context,
  draft: Stripe.Invoice,
  item: Stripe.InvoiceItem,
): Stripe.InvoiceItem {
  const line = { ...lineFromItem(item), id: newId('invoiceLineItem'), invoice: draft.id };
  saveLines(ctx, draft, [...draft.lines.data, line]);
  return ctx.store.invoiceItems.update(item.id, { invoice: draft.id });
}

/** Shows a changed item on its draft. */
export function updateOnDraft(ctx: Context, item: Stripe.InvoiceItem): void {
  const draft = ctx.store.invoices.get(item.invoice as string)!;
  const lines = draft.lines.data.map((line) =>
    itemOf(line) === item.id ? { ...line, ...lineFromItem(item) } : line,
  );
  saveLines(ctx, draft, lines);
}

/** Removes a deleted item from its draft. */
export function removeFromDraft(ctx: Context, item: Stripe.InvoiceItem): void {
  const draft = ctx.store.invoices.get(item.invoice as string)!;
  saveLines(
    ctx,
    draft,
    draft.lines.data.filter((line) => itemOf(line) !== item.id),
  );
}

/** Gives a draft other discounts. @throws StripeFailure 400 for what can't be redeemed */
export function changeDiscounts(
  ctx: Context,
  before: Stripe.Invoice,
  given: Params<{ discounts: typeof discountsParam }>['discounts'],
): Stripe.Invoice {
  const customer = before.customer as string;
  const redemptions = readRedemptions(ctx, given, {
    customer,
    currency: before.currency,
    amountMinor: before.subtotal,
    existing: before.discounts as string[],
  });
  const discounts = applyRedemptions(ctx, redemptions ?? [], { customer, invoice: before.id });
  return saveLines(ctx, ctx.store.invoices.update(before.id, { discounts }), before.lines.data);
}

function saveLines(ctx: Context, before: Stripe.Invoice, lines: Stripe.InvoiceLineItem[]): Stripe.Invoice {
  const data = withDiscounts(ctx, lines, before.discounts as string[], before.currency);
  const after = ctx.store.invoices.update(before.id, {
    lines: { ...before.lines, data },
    ...totalsOf(data),
  });
  ctx.emit('invoice.updated', after, before);
  return after;
}

const itemOf = ({ parent }: Stripe.InvoiceLineItem): string | null | undefined =>
  parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item;
