import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { changeDiscounts, requireDraft } from './draft-lines.js';
import type { updateParams } from './params.js';
import { dueDateFrom, finalizesAtFrom, HOUR_SECONDS, settingsFrom } from './settings.js';

type UpdateParams = Params<typeof updateParams>;

/** What only a draft can change: it takes effect when the invoice is finalized. */
const DRAFT_ONLY = [
  'account_tax_ids',
  'automatically_finalizes_at',
  'collection_method',
  'days_until_due',
  'discounts',
  'due_date',
  'effective_at',
  'number',
  'payment_settings',
  'statement_descriptor',
] as const satisfies (keyof UpdateParams)[];

/**
 * Source: https://docs.stripe.com/api/invoices/update.
 * @throws StripeFailure 400 for a change that only a draft can have, or for parameters that do not go together
 */
export function updateInvoice(ctx: Context, given: Stripe.Invoice, params: UpdateParams): Stripe.Invoice {
  if (DRAFT_ONLY.some((name) => params[name] !== undefined)) requireDraft(given);
  const { discounts, metadata } = params;
  const before = discounts === undefined ? given : changeDiscounts(ctx, requireDraft(given), discounts);
  const isDraft = before.status === 'draft';
  const changed = ctx.store.invoices.update(before.id, {
    ...settingsFrom(ctx, params, before.customer as string, before),
    ...(isDraft && { due_date: dueDateFrom(params, before) }),
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  });
  const after = isDraft ? changeFinalization(ctx, changed, params) : setAutoAdvance(ctx, changed, params);
  ctx.emit('invoice.updated', after, before);
  return after;
}

function changeFinalization(ctx: Context, draft: Stripe.Invoice, params: UpdateParams): Stripe.Invoice {
  const customer = draft.customer as string;
  const at = finalizesAtFrom(params, ctx.now(customer));
  if (at === undefined) return draft;
  schedule(ctx, 'invoices', draft.id, { at, customer });
  return ctx.store.invoices.update(draft.id, {
    auto_advance: at !== null,
    automatically_finalizes_at: at,
    next_payment_attempt: draft.collection_method === 'send_invoice' ? null : at,
  });
}

/**
 * Switches the automatic collection of an open invoice on, which begins an hour later, or off.
 * Source: https://docs.stripe.com/invoicing/integration/automatic-advancement-collection.
 * @throws StripeFailure 400 for an invoice that is closed
 */
export function setAutoAdvance(
  ctx: Context,
  invoice: Stripe.Invoice,
  { auto_advance }: Pick<UpdateParams, 'auto_advance'>,
): Stripe.Invoice {
  if (auto_advance === undefined) return invoice;
  if (invoice.status !== 'open') {
    throw failures.invalidRequest(
      `This invoice is ${invoice.status}, so \`auto_advance\` can't be changed.`,
      {
        param: 'auto_advance',
      },
    );
  }
  const customer = invoice.customer as string;
  const at = auto_advance ? ctx.now(customer) + HOUR_SECONDS : null;
  schedule(ctx, 'invoices', invoice.id, { at, customer });
  const isSent = invoice.collection_method === 'send_invoice';
  return ctx.store.invoices.update(invoice.id, { auto_advance, next_payment_attempt: isSent ? null : at });
}
