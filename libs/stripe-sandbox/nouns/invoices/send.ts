import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { finalizeInvoice, subscriptionOf } from './invoice.js';

/**
 * Sends an invoice to its customer, after finalizing a draft; the sandbox sends no e-mail.
 * Source: https://docs.stripe.com/api/invoices/send.
 * @throws StripeFailure 400 for an invoice that is charged automatically, or that is closed
 */
export function sendInvoice(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  if (before.collection_method !== 'send_invoice') {
    throw failures.invalidRequest(
      'You can only manually send an invoice if its collection method is `send_invoice`.',
    );
  }
  const sent = before.status === 'draft' ? finalizeInvoice(ctx, before) : before;
  if (sent.status === 'void' || sent.status === 'uncollectible') {
    throw failures.invalidRequest(`This invoice is ${sent.status}, so it can't be sent.`);
  }
  ctx.emit('invoice.sent', sent);
  return sent;
}

/**
 * Deletes a draft; its items are pending again. Source: https://docs.stripe.com/api/invoices/delete.
 * @throws StripeFailure 400 for an invoice that is finalized or for a subscription
 */
export function deleteDraft(ctx: Context, draft: Stripe.Invoice): Stripe.DeletedInvoice {
  if (draft.status !== 'draft' || subscriptionOf(draft) !== undefined) {
    throw failures.invalidRequest(
      "You can only delete draft invoices that are not for a subscription. You can't delete this invoice; void it instead.",
    );
  }
  for (const item of ctx.store.invoiceItems.newestFirst({ where: { invoice: draft.id } })) {
    ctx.store.invoiceItems.update(item.id, { invoice: null });
  }
  schedule(ctx, 'invoices', draft.id, { at: null });
  ctx.store.invoices.remove(draft.id);
  ctx.emit('invoice.deleted', draft);
  return { id: draft.id, object: 'invoice', deleted: true };
}
