import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { formatAmount } from '../../money/currencies.js';
import { newId } from '../../store/ids.js';
import { recordBalanceChange } from '../customer-balance/balance-change.js';
import { saveCustomer } from '../customers/customer.js';
import { creditInvoice, paidIntentOf } from '../invoices/credit.js';
import { totalDiscounts } from '../invoices/discounted.js';
import { createRefund } from '../refunds/refund.js';
import { creditNoteLines } from './lines.js';
import type { createParams, updateParams } from './params.js';

type CreateParams = Params<typeof createParams>;

/**
 * A credit note as it would be created, without any effect.
 * Source: https://docs.stripe.com/api/credit_notes/preview.
 * @throws StripeFailure as `createCreditNote`
 */
export function previewCreditNote(ctx: Context, params: CreateParams): Stripe.CreditNote {
  const invoice = fromParam(ctx.store.invoices, params.invoice, 'invoice');
  if (invoice.status === 'draft' || invoice.status === 'void') {
    throw failures.invalidRequest(
      `You can only create a credit note for an open, paid or uncollectible invoice. This invoice is ${invoice.status}.`,
      { param: 'invoice' },
    );
  }
  const lines = creditNoteLines(invoice, params);
  const total = lines.reduce((sum, { amount, discount_amount }) => sum + amount - discount_amount, 0);
  const { pre_payment_credit_notes_amount: before, post_payment_credit_notes_amount: after } = invoice;
  if (total <= 0 || total > invoice.total - before - after) {
    throw failures.invalidRequest(
      `The credit note's total of ${formatAmount(total, invoice.currency)} must be greater than 0 and at most the invoice's total less its credit notes, ${formatAmount(invoice.total - before - after, invoice.currency)}.`,
    );
  }
  const pre_payment_amount = Math.min(total, invoice.amount_remaining);
  const note = buildCreditNote(ctx, invoice, params, lines, { total, pre_payment_amount });
  requireFullAllocation(params, note);
  const refunds = (params.refunds ?? []).map(({ refund: id, amount_refunded }, index) =>
    linkTo(fromParam(ctx.store.refunds, id, `refunds[${index}][refund]`), amount_refunded),
  );
  return { ...note, refunds };
}

/** A refund as its credit note shows it. */
const linkTo = ({ id, amount }: Stripe.Refund, amount_refunded = amount): Stripe.CreditNote.Refund => ({
  amount_refunded,
  payment_record_refund: null,
  refund: id,
  type: 'refund',
});

/**
 * Creates a credit note: what the invoice still asks for becomes less, and the rest is refunded, credited to the
 * customer's balance, or given outside of Stripe. Source: https://docs.stripe.com/api/credit_notes/create.
 * @throws StripeFailure 400 for an amount that is too large, or one that is not wholly allocated
 */
export function createCreditNote(ctx: Context, params: CreateParams): Stripe.CreditNote {
  const { credit_amount = 0, refund_amount = 0 } = params;
  const draft = previewCreditNote(ctx, params);
  const invoice = ctx.store.invoices.get(draft.invoice as string)!;
  const linked = [...draft.refunds];
  if (refund_amount > 0) {
    const payment_intent = paidIntentOf(ctx, invoice);
    linked.push(linkTo(createRefund(ctx, { payment_intent, amount: refund_amount })));
  }
  const note = ctx.store.creditNotes.insert({
    ...draft,
    customer_balance_transaction: credit_amount > 0 ? creditBalance(ctx, draft, credit_amount) : null,
    refunds: linked,
  });
  ctx.emit('credit_note.created', note);
  creditInvoice(ctx, invoice, note);
  return note;
}

/** Source: https://docs.stripe.com/api/credit_notes/update. */
export function updateCreditNote(
  ctx: Context,
  before: Stripe.CreditNote,
  { memo = before.memo ?? undefined, metadata }: Params<typeof updateParams>,
): Stripe.CreditNote {
  const after = ctx.store.creditNotes.update(before.id, {
    memo: memo ?? null,
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  });
  ctx.emit('credit_note.updated', after, before);
  return after;
}

/**
 * Voids the credit note of an open invoice. Source: https://docs.stripe.com/api/credit_notes/void.
 * @throws StripeFailure 400 if it is void, or its invoice is not open
 */
export function voidCreditNote(ctx: Context, before: Stripe.CreditNote): Stripe.CreditNote {
  const invoice = ctx.store.invoices.get(before.invoice as string)!;
  if (before.status === 'void') throw failures.invalidRequest('This credit note is already void.');
  if (invoice.status !== 'open' || before.post_payment_amount > 0) {
    throw failures.invalidRequest('You can only void the credit notes of open invoices.');
  }
  const voided_at = ctx.now(before.customer as string);
  const after = ctx.store.creditNotes.update(before.id, { status: 'void', voided_at });
  creditInvoice(ctx, invoice, { pre_payment_amount: -before.pre_payment_amount, post_payment_amount: 0 });
  ctx.emit('credit_note.voided', after);
  return after;
}

function creditBalance(ctx: Context, { id, customer, currency }: Stripe.CreditNote, amount: number): string {
  const owner = fromParam(ctx.store.customers, customer as string, 'customer');
  const change = recordBalanceChange(ctx, owner, {
    amount: -amount,
    credit_note: id,
    currency,
    type: 'credit_note',
  });
  saveCustomer(ctx, owner, { balance: change.ending_balance });
  return change.id;
}

/** Source: https://docs.stripe.com/api/credit_notes/create. */
function requireFullAllocation(params: CreateParams, note: Stripe.CreditNote): void {
  const { credit_amount = 0, out_of_band_amount = 0, refund_amount = 0, refunds = [] } = params;
  const isLinked = refunds.some(({ amount_refunded }) => amount_refunded === undefined);
  const given = refunds.reduce(
    (sum, { amount_refunded = 0 }) => sum + amount_refunded,
    credit_amount + out_of_band_amount + refund_amount,
  );
  const { currency, post_payment_amount: due } = note;
  if (given === due || (isLinked && given < due)) return;
  throw failures.invalidRequest(
    `The sum of refunds, credits to the customer's balance and credits outside of Stripe (${formatAmount(given, currency)}) must equal the post payment amount (${formatAmount(due, currency)}).`,
  );
}

function buildCreditNote(
  ctx: Context,
  invoice: Stripe.Invoice,
  params: CreateParams,
  lines: Stripe.CreditNoteLineItem[],
  { total, pre_payment_amount }: { total: number; pre_payment_amount: number },
): Stripe.CreditNote {
  const id = newId('creditNote');
  const created = ctx.now(invoice.customer as string);
  const earlier = [...ctx.store.creditNotes.newestFirst({ where: { invoice: invoice.id } })].length;
  const post_payment_amount = total - pre_payment_amount;
  const discount_amounts = totalDiscounts(lines);
  const discount_amount = discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
  const subtotal = total + discount_amount;
  return {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created,
    currency: invoice.currency,
    customer: invoice.customer as string,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount,
    discount_amounts,
    effective_at: params.effective_at ?? created,
    invoice: invoice.id,
    lines: { object: 'list', data: lines, has_more: false, url: `/v1/credit_notes/${id}/lines` },
    livemode: false,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
    number: `${invoice.number}-CN-${String(earlier + 1).padStart(2, '0')}`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `${ctx.origin}/credit_notes/${id}/pdf`,
    post_payment_amount,
    pre_payment_amount,
    pretax_credit_amounts: discount_amounts.map((each) => ({ ...each, type: 'discount' })),
    reason: params.reason ?? null,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: total,
    total_taxes: [],
    type: typeOf(pre_payment_amount, post_payment_amount),
    voided_at: null,
  };
}

function typeOf(preMinor: number, postMinor: number): Stripe.CreditNote.Type {
  if (postMinor === 0) return 'pre_payment';
  return preMinor === 0 ? 'post_payment' : 'mixed';
}
