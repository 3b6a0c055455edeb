import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { defaultPayment, finalizeInvoice, markPaid, setDelinquent, stopCollecting } from './invoice.js';
import { confirmPaymentIntent } from '../payment-intents/confirm.js';

const DAY = 24 * 60 * 60;

/** Days after a failed attempt at which the next one follows: three retries, then no more. */
const RETRY_AFTER_DAYS = [3, 5, 7];

export interface PaymentChoice {
  paymentMethod?: Stripe.PaymentMethod;
  /** Whether the cardholder is away. */
  offSession: boolean;
}

/**
 * Tries to pay an invoice; a draft is finalized first. Source: https://docs.stripe.com/api/invoices/pay.
 * @throws StripeFailure 400 unless it can be paid and there is something to pay with, 402 for a decline
 */
export function payInvoice(ctx: Context, given: Stripe.Invoice, choice: PaymentChoice): Stripe.Invoice {
  const invoice = given.status === 'draft' ? finalizeInvoice(ctx, given) : given;
  if (given.status === 'draft' && invoice.status === 'paid') return invoice;
  if (invoice.status === 'paid') throw failures.invalidRequest('Invoice is already paid');
  if (invoice.status !== 'open') {
    throw failures.invalidRequest(`This invoice is ${invoice.status}, so it can't be paid.`);
  }
  const paymentMethod = choice.paymentMethod ?? invoicePaymentMethod(ctx, invoice);
  if (!paymentMethod) {
    throw failures.invalidRequest(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method`.',
    );
  }
  const payment = defaultPayment(ctx, invoice.id)!;
  const intent = ctx.store.paymentIntents.get(payment.payment.payment_intent as string)!;
  confirmPaymentIntent(ctx, intent, { paymentMethod, offSession: choice.offSession });
  return ctx.store.invoices.get(invoice.id)!;
}

/**
 * The payment method that an invoice is paid with: its own, its subscription's, or its customer's.
 * Source: https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority.
 */
export function invoicePaymentMethod(
  ctx: Context,
  invoice: Stripe.Invoice,
): Stripe.PaymentMethod | undefined {
  const subscription = ctx.store.subscriptions.get(subscriptionOf(invoice) ?? '');
  const customer = ctx.store.customers.get(invoice.customer as string);
  const id =
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  return id ? ctx.store.paymentMethods.get(id as string) : undefined;
}

/** The subscription that an invoice is for. */
export const subscriptionOf = ({ parent }: Stripe.Invoice): string | undefined =>
  parent?.subscription_details?.subscription as string | undefined;

/** An invoice whose time has come: a draft opens, an open one is tried again. */
export function advanceInvoice(ctx: Context, id: string): void {
  const invoice = ctx.store.invoices.get(id);
  if (!invoice) return;
  const open = invoice.status === 'draft' ? finalizeInvoice(ctx, invoice) : invoice;
  if (open.status === 'open') collect(ctx, open);
}

/** One automatic attempt; how it went is in the invoice. */
export function collect(ctx: Context, invoice: Stripe.Invoice): void {
  ctx.store.invoices.update(invoice.id, { attempt_count: invoice.attempt_count + 1 });
  const { attempt_count } = ctx.store.invoices.get(invoice.id)!;
  const paymentMethod = invoicePaymentMethod(ctx, invoice);
  if (!paymentMethod) {
    failed(ctx, ctx.store.invoices.get(invoice.id)!);
  } else {
    try {
      payInvoice(ctx, invoice, { paymentMethod, offSession: true });
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
    }
  }
  const after = ctx.store.invoices.get(invoice.id)!;
  if (after.status !== 'open') return;
  setDelinquent(ctx, after, true);
  planRetry(ctx, after, attempt_count);
}

/** Follows a payment that has gone through. */
export function recordInvoicePayment(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = paymentOf(ctx, intent);
  if (!payment) return;
  const invoice = ctx.store.invoices.get(payment.invoice as string)!;
  const after = ctx.store.invoicePayments.update(payment.id, {
    amount_paid: intent.amount_received,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: ctx.now(invoice.customer as string) },
  });
  ctx.emit('invoice_payment.paid', after);
  const attempt_count = Math.max(1, invoice.attempt_count);
  markPaid(ctx, ctx.store.invoices.update(invoice.id, { attempt_count }));
}

/** Follows a payment that was declined, or failed its authentication. */
export function recordFailedInvoicePayment(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = paymentOf(ctx, intent);
  if (payment) failed(ctx, ctx.store.invoices.get(payment.invoice as string)!);
}

/** Follows a payment that waits for its cardholder. */
export function recordInvoiceActionRequired(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = paymentOf(ctx, intent);
  if (!payment) return;
  const { id, attempt_count } = ctx.store.invoices.get(payment.invoice as string)!;
  const invoice = ctx.store.invoices.update(id, {
    attempted: true,
    attempt_count: Math.max(1, attempt_count),
  });
  ctx.emit('invoice.payment_action_required', invoice);
}

function failed(ctx: Context, before: Stripe.Invoice): void {
  const attempt_count = Math.max(1, before.attempt_count);
  const invoice = ctx.store.invoices.update(before.id, { attempted: true, attempt_count });
  if (!before.attempted) ctx.emit('invoice.updated', invoice, before);
  ctx.emit('invoice.payment_failed', invoice);
}

function planRetry(ctx: Context, invoice: Stripe.Invoice, attempts: number): void {
  const days = RETRY_AFTER_DAYS[attempts - 1];
  if (days === undefined) {
    stopCollecting(ctx, invoice);
    return;
  }
  const customer = invoice.customer as string;
  const at = ctx.now(customer) + days * DAY;
  const planned = ctx.store.invoices.update(invoice.id, { next_payment_attempt: at });
  ctx.emit('invoice.updated', planned, invoice);
  schedule(ctx, 'invoices', invoice.id, { at, customer });
}

function paymentOf(ctx: Context, { id }: Stripe.PaymentIntent): Stripe.InvoicePayment | undefined {
  const link = ctx.store.intentInvoices.get(id);
  return link && ctx.store.invoicePayments.get(link.invoicePayment);
}
