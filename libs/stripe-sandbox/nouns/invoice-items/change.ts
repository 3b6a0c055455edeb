import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { applyRedemptions } from '../discounts/discount.js';
import { readRedemptions } from '../discounts/redemption.js';
import { removeFromDraft, requireDraft, updateOnDraft } from '../invoices/draft-lines.js';
import { readPeriod } from './create.js';
import { netAmountOf } from './invoice-item.js';
import type { updateParams } from './params.js';
import { readCost, setsCost, withQuantity } from './pricing.js';

/**
 * Changes a pending item, or one on a draft. Source: https://docs.stripe.com/api/invoiceitems/update.
 * @throws StripeFailure 400 for an item on a finalized invoice, or parameters that do not go together
 */
export function updateInvoiceItem(
  ctx: Context,
  before: Stripe.InvoiceItem,
  params: Params<typeof updateParams>,
): Stripe.InvoiceItem {
  requireEditable(ctx, before);
  const { description, discountable = before.discountable, metadata } = params;
  const period = readPeriod(params.period) ?? before.period;
  const changes: Partial<Stripe.InvoiceItem> = {
    ...costFrom(ctx, before, params),
    discountable,
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
    period,
    ...(description !== undefined && { description }),
    ...discountsFrom(ctx, before, params),
  };
  const { amount = before.amount } = changes;
  const after = ctx.store.invoiceItems.update(before.id, {
    ...changes,
    ...netAmountOf({ amount, discountable }),
  });
  if (after.invoice !== null && !isDeepStrictEqual(after, before)) updateOnDraft(ctx, after);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/invoiceitems/delete.
 * @throws StripeFailure 400 for an item on a finalized invoice
 */
export function deleteInvoiceItem(ctx: Context, item: Stripe.InvoiceItem): Stripe.DeletedInvoiceItem {
  requireEditable(ctx, item);
  ctx.store.invoiceItems.remove(item.id);
  ctx.emit('invoiceitem.deleted', item);
  if (item.invoice !== null) removeFromDraft(ctx, item);
  return { id: item.id, object: 'invoiceitem', deleted: true };
}

function discountsFrom(
  ctx: Context,
  { id, amount, currency, ...before }: Stripe.InvoiceItem,
  { discounts: given }: Params<typeof updateParams>,
): Pick<Partial<Stripe.InvoiceItem>, 'discounts'> {
  const customer = before.customer as string;
  const existing = before.discounts as string[];
  const redemptions = readRedemptions(ctx, given, { customer, currency, amountMinor: amount, existing });
  return redemptions ? { discounts: applyRedemptions(ctx, redemptions, { customer, invoice_item: id }) } : {};
}

function costFrom(
  ctx: Context,
  before: Stripe.InvoiceItem,
  params: Params<typeof updateParams>,
): Partial<Stripe.InvoiceItem> {
  if (!setsCost(params)) return withQuantity(before, params);
  const { productName: _unused, ...cost } = readCost(
    ctx,
    params,
    before.currency,
    String(before.quantity_decimal),
  );
  return cost;
}

function requireEditable({ store }: Context, { invoice }: Stripe.InvoiceItem): void {
  if (invoice !== null) requireDraft(store.invoices.get(invoice as string)!);
}
