import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { confirmPaymentIntent } from '../payment-intents/confirm.js';
import { cancelPayment, defaultPayment, finalizeInvoice, markPaid, subscriptionOf } from './invoice.js';

/** How to pay an invoice. */
export interface PayOptions {
  /** Used instead of `invoicePaymentMethod`. */
  paymentMethod?: Stripe.PaymentMethod;
  /** Whether the cardholder is absent. */
  offSession: boolean;
}

/**
 * Pays an invoice, after finalizing a draft. Source: https://docs.stripe.com/api/invoices/pay.
 * @throws StripeFailure as `tryToPayInvoice`, and 402 if the cardholder must authenticate
 */
export function payInvoice(ctx: Context, before: Stripe.Invoice, options: PayOptions): Stripe.Invoice {
  const invoice = tryToPayInvoice(ctx, before, options);
  if (isPaidOrProcessing(ctx, invoice.id)) return invoice;
  // Source: https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action.
  throw new StripeFailure(402, {
    type: 'card_error',
    code: 'invoice_payment_intent_requires_action',
    message:
      'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
    payment_intent: intentOf(ctx, invoice),
  });
}

/**
 * Tries to pay an invoice, after finalizing a draft. If the cardholder must authenticate, it stays open, and its
 * payment intent waits for that: https://docs.stripe.com/billing/subscriptions/overview#requires-action.
 * @throws StripeFailure 400 if it cannot be paid or has no payment method, 402 for a decline
 */
export function tryToPayInvoice(
  ctx: Context,
  before: Stripe.Invoice,
  { paymentMethod: given, offSession }: PayOptions,
): Stripe.Invoice {
  const invoice = finalizeToPay(ctx, before);
  if (invoice.status === 'paid') return invoice;
  const paymentMethod = given ?? invoicePaymentMethod(ctx, invoice);
  if (!paymentMethod) {
    throw failures.invalidRequest(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method`.',
    );
  }
  confirmPaymentIntent(ctx, intentOf(ctx, invoice), { paymentMethod, offSession, waitsForAbsent: true });
  return ctx.store.invoices.get(invoice.id)!;
}

/** Whether an invoice is paid, or a debit for it is on its way. */
export function isPaidOrProcessing(ctx: Context, id: string): boolean {
  const invoice = ctx.store.invoices.get(id)!;
  return invoice.status === 'paid' || intentOf(ctx, invoice).status === 'processing';
}

/**
 * Records that an invoice was paid outside of Stripe. Source: https://docs.stripe.com/api/invoices/pay.
 * @throws StripeFailure 400 if it cannot be paid
 */
export function payOutOfBand(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  const invoice = finalizeToPay(ctx, before);
  if (invoice.status === 'paid') return invoice;
  cancelPayment(ctx, invoice, 'automatic');
  return markPaid(ctx, invoice);
}

/**
 * The open invoice of a draft, or one that is paid because it asks for nothing.
 * @throws StripeFailure 400 if it cannot be paid
 */
function finalizeToPay(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  if (before.status === 'draft') return finalizeInvoice(ctx, before);
  if (before.status === 'paid') throw failures.invalidRequest('Invoice is already paid');
  if (before.status === 'open' || before.status === 'uncollectible') return before;
  throw failures.invalidRequest(`This invoice is ${before.status}, so it can't be paid.`);
}

/** The payment intent that pays an open invoice. */
function intentOf(ctx: Context, { id }: Stripe.Invoice): Stripe.PaymentIntent {
  const { payment } = defaultPayment(ctx, id)!;
  return ctx.store.paymentIntents.get(payment.payment_intent as string)!;
}

/**
 * The default payment method of an invoice, else of its subscription, else of its customer.
 * Source: https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority.
 */
export function invoicePaymentMethod(
  ctx: Context,
  invoice: Stripe.Invoice,
): Stripe.PaymentMethod | undefined {
  const own = invoice.default_payment_method ?? invoice.default_source;
  if (own !== null) return ctx.store.paymentMethods.get(own as string);
  const subscription = ctx.store.subscriptions.get(subscriptionOf(invoice) ?? '');
  return subscriptionPaymentMethod(ctx, {
    customer: invoice.customer as string,
    default_payment_method: subscription?.default_payment_method ?? null,
    default_source: subscription?.default_source ?? null,
  });
}

/** The default payment method of a subscription, else of its customer. */
export function subscriptionPaymentMethod(
  ctx: Context,
  subscription: Pick<Stripe.Subscription, 'customer' | 'default_payment_method' | 'default_source'>,
): Stripe.PaymentMethod | undefined {
  const customer = ctx.store.customers.get(subscription.customer as string);
  const id =
    subscription.default_payment_method ??
    subscription.default_source ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source;
  return id ? ctx.store.paymentMethods.get(id as string) : undefined;
}

/** Marks the invoice that a payment intent has paid, if it is for one. */
export function recordInvoicePayment(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = invoicePaymentOf(ctx, intent);
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

/** Records that the payment of an invoice was declined or failed its authentication. */
export function recordFailedInvoicePayment(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = invoicePaymentOf(ctx, intent);
  if (payment) recordFailedAttempt(ctx, ctx.store.invoices.get(payment.invoice as string)!);
}

/**
 * Records that the payment of an invoice waits for its cardholder. Stripe emits `invoice.payment_failed` too, except
 * on a Checkout page, where there is no invoice before the payment. It does not count as an attempt.
 */
export function recordInvoiceActionRequired(ctx: Context, intent: Stripe.PaymentIntent): void {
  const payment = invoicePaymentOf(ctx, intent);
  if (!payment) return;
  const invoice = ctx.store.invoices.update(payment.invoice as string, { attempted: true });
  ctx.emit('invoice.payment_action_required', invoice);
  if (!isPaidAtCheckout(ctx, invoice)) ctx.emit('invoice.payment_failed', invoice);
}

/** Whether an invoice is the first one of a subscription that is being paid on a Checkout page. */
function isPaidAtCheckout(ctx: Context, invoice: Stripe.Invoice): boolean {
  const subscription = subscriptionOf(invoice);
  if (subscription === undefined || invoice.billing_reason !== 'subscription_create') return false;
  return [...ctx.store.checkoutFacts.newestFirst({ where: { subscription } })].length > 0;
}

/** Counts a failed attempt to pay an invoice. */
export function recordFailedAttempt(ctx: Context, before: Stripe.Invoice): void {
  const attempt_count = Math.max(1, before.attempt_count);
  const invoice = ctx.store.invoices.update(before.id, { attempted: true, attempt_count });
  if (!before.attempted) ctx.emit('invoice.updated', invoice, before);
  ctx.emit('invoice.payment_failed', invoice);
}

/** The invoice that a payment intent is for, if it is for one. */
export function invoiceOf(ctx: Context, intent: Stripe.PaymentIntent): Stripe.Invoice | undefined {
  return ctx.store.invoices.get((invoicePaymentOf(ctx, intent)?.invoice ?? '') as string);
}

/** Records that a debit for an invoice is on its way. */
export function recordInvoiceProcessing(ctx: Context, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOf(ctx, intent);
  if (!invoice || invoice.attempted) return;
  const attempt_count = Math.max(1, invoice.attempt_count);
  const after = ctx.store.invoices.update(invoice.id, { attempted: true, attempt_count });
  ctx.emit('invoice.updated', after, invoice);
}

/** The invoice payment that a payment intent is for. */
function invoicePaymentOf(ctx: Context, { id }: Stripe.PaymentIntent): Stripe.InvoicePayment | undefined {
  const link = ctx.store.intentInvoices.get(id);
  return link && ctx.store.invoicePayments.get(link.invoicePayment);
}
