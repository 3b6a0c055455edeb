import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { StripeFailure } from '../../http/errors.js';
import { finalizeInvoice, setDelinquent, stopCollecting } from './invoice.js';
import {
  invoiceOf,
  invoicePaymentMethod,
  isPaidOrProcessing,
  recordFailedAttempt,
  tryToPayInvoice,
} from './pay.js';
import { sendInvoice } from './send.js';

const DAY_SECONDS = 24 * 60 * 60;

/** The days from each failed attempt to the next one. After three retries there are no more attempts. */
const RETRY_AFTER_DAYS = [3, 5, 7];

/** Finalizes a draft that is due, and tries to pay the invoice, or sends it. */
export function advanceInvoice(ctx: Context, id: string): void {
  const invoice = ctx.store.invoices.get(id);
  if (!invoice) return;
  const finalized = invoice.status === 'draft' ? finalizeInvoice(ctx, invoice) : invoice;
  if (finalized.status !== 'open') return;
  const isOverdue = (finalized.due_date ?? Infinity) <= ctx.now(finalized.customer as string);
  if (!isOverdue) collectOrSend(ctx, finalized);
}

/** Tries to pay an open invoice, or sends it. */
export function collectOrSend(ctx: Context, invoice: Stripe.Invoice): void {
  if (invoice.collection_method === 'send_invoice') sendInvoice(ctx, invoice);
  else collectInvoice(ctx, invoice);
}

/** Makes one automatic attempt to pay an open invoice. A decline is not thrown: the invoice shows it. */
export function collectInvoice(ctx: Context, before: Stripe.Invoice): void {
  const attempt_count = before.attempt_count + 1;
  const invoice = ctx.store.invoices.update(before.id, { attempt_count });
  const paymentMethod = invoicePaymentMethod(ctx, invoice);
  if (paymentMethod) {
    try {
      tryToPayInvoice(ctx, invoice, { paymentMethod, offSession: true });
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
    }
  } else {
    recordFailedAttempt(ctx, invoice);
  }
  const after = ctx.store.invoices.get(invoice.id)!;
  if (after.status !== 'open' || (paymentMethod && isPaidOrProcessing(ctx, after.id))) return;
  retryLater(ctx, after);
}

/** Tries again to collect an invoice whose debit has failed. */
export function retryFailedDebit(ctx: Context, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOf(ctx, intent);
  const isDebit = intent.last_payment_error?.payment_method?.type === 'sepa_debit';
  if (invoice?.status === 'open' && invoice.auto_advance && isDebit) retryLater(ctx, invoice);
}

function retryLater(ctx: Context, invoice: Stripe.Invoice): void {
  setDelinquent(ctx, invoice, true);
  scheduleRetry(ctx, invoice, invoice.attempt_count);
}

function scheduleRetry(ctx: Context, invoice: Stripe.Invoice, attempts: number): void {
  const days = RETRY_AFTER_DAYS[attempts - 1];
  if (days === undefined) {
    stopCollecting(ctx, invoice);
    return;
  }
  const customer = invoice.customer as string;
  const at = ctx.now(customer) + days * DAY_SECONDS;
  const after = ctx.store.invoices.update(invoice.id, { next_payment_attempt: at });
  ctx.emit('invoice.updated', after, invoice);
  schedule(ctx, 'invoices', invoice.id, { at, customer });
}
