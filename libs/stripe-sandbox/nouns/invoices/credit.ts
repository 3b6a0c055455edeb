import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { cancelPayment, defaultPayment, markPaid } from './invoice.js';

/**
 * Applies a credit note to its invoice; a negative amount takes it back. An invoice that asks for nothing more is paid.
 * Source: https://docs.stripe.com/api/credit_notes/create.
 */
export function creditInvoice(
  ctx: Context,
  before: Stripe.Invoice,
  note: Pick<Stripe.CreditNote, 'pre_payment_amount' | 'post_payment_amount'>,
): void {
  const { pre_payment_amount: pre, post_payment_amount: post } = note;
  const amount_remaining = before.amount_remaining - pre;
  const after = ctx.store.invoices.update(before.id, {
    amount_due: before.amount_due - pre,
    amount_remaining,
    post_payment_credit_notes_amount: before.post_payment_credit_notes_amount + post,
    pre_payment_credit_notes_amount: before.pre_payment_credit_notes_amount + pre,
  });
  if (pre !== 0) changePayment(ctx, after);
  if (pre > 0 && amount_remaining === 0) markPaid(ctx, after);
  else ctx.emit('invoice.updated', after, before);
}

/** Makes the payment of an open invoice one of the remaining amount, or cancels it. */
function changePayment(ctx: Context, invoice: Stripe.Invoice): void {
  const { id, amount_remaining } = invoice;
  const { invoicePayments, paymentIntents } = ctx.store;
  const payment = defaultPayment(ctx, id);
  const intent = paymentIntents.get((payment?.payment.payment_intent as string | undefined) ?? '');
  if (!payment || !intent) return;
  if (amount_remaining > 0) {
    paymentIntents.update(intent.id, { amount: amount_remaining });
    invoicePayments.update(payment.id, { amount_requested: amount_remaining });
    return;
  }
  cancelPayment(ctx, invoice, 'automatic');
}

/**
 * The payment intent that has paid an invoice.
 * @throws StripeFailure 400 if no payment has
 */
export function paidIntentOf(ctx: Context, { id }: Stripe.Invoice): string {
  const payment = defaultPayment(ctx, id);
  if (payment?.status === 'paid') return payment.payment.payment_intent as string;
  throw failures.invalidRequest('This invoice has no payment that can be refunded.', {
    param: 'refund_amount',
  });
}
