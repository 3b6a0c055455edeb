import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { minimumChargeMinor } from '../../money/currencies.js';
import { newId } from '../../store/ids.js';
import { recordBalanceChange } from '../customer-balance/balance-change.js';
import { saveCustomer } from '../customers/customer.js';
import { cancelPaymentIntent, createPaymentIntent } from '../payment-intents/payment-intent.js';
import { applyRedemptions } from '../discounts/discount.js';
import { endUsedDiscounts, inheritedDiscounts } from './discounted.js';
import { buildInvoice, type InvoiceDraft } from './fields.js';

/** Stores a new draft invoice. Source: https://docs.stripe.com/api/invoices/object. */
export function draftInvoice(ctx: Context, draft: InvoiceDraft): Stripe.Invoice {
  const { currency, finalizesAt, items = [] } = draft;
  const customer = ctx.store.customers.get(draft.customer)!;
  const id = newId('invoice');
  const discounts = draft.redemptions
    ? applyRedemptions(ctx, draft.redemptions, { customer: customer.id, invoice: id })
    : inheritedDiscounts(ctx, customer, draft.subscription);
  const invoice = ctx.store.invoices.insert(buildInvoice(ctx, id, draft, discounts));
  for (const item of items) ctx.store.invoiceItems.update(item.id, { invoice: id });
  endUsedDiscounts(ctx, invoice);
  if (customer.currency === null) saveCustomer(ctx, customer, { currency });
  ctx.emit('invoice.created', invoice);
  schedule(ctx, 'invoices', invoice.id, { at: finalizesAt, customer: customer.id });
  return invoice;
}

/**
 * Finalizes a draft: assigns its number, applies the customer's balance, and creates the payment of the rest.
 * Source: https://docs.stripe.com/invoicing/integration/workflow-transitions.
 * @param savesCard whether the payment saves its payment method for later payments
 * @param paidBy a payment that was made before
 * @param usesBalance whether the customer's balance is applied
 * @throws StripeFailure 400 unless the invoice is a draft and its customer exists
 */
export function finalizeInvoice(
  ctx: Context,
  draft: Stripe.Invoice,
  {
    savesCard = false,
    usesBalance = true,
    paidBy,
  }: { savesCard?: boolean; usesBalance?: boolean; paidBy?: Stripe.PaymentIntent } = {},
): Stripe.Invoice {
  if (draft.status !== 'draft') {
    throw failures.invalidRequest(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      { code: 'invoice_not_editable' },
    );
  }
  const customer = fromParam(ctx.store.customers, draft.customer as string, 'customer');
  const now = ctx.now(customer.id);
  const { amount_due, ending_balance } = usesBalance
    ? applyBalance(draft, customer.balance)
    : { amount_due: draft.amount_due, ending_balance: customer.balance };
  // A number of the request's own does not use one of the sequence.
  const sequence = customer.next_invoice_sequence ?? 1;
  const next_invoice_sequence = draft.number === null ? sequence + 1 : sequence;
  const numbered = ctx.store.customers.update(customer.id, { next_invoice_sequence });
  if (ending_balance !== customer.balance) recordAppliedBalance(ctx, numbered, draft, ending_balance);
  saveCustomer(ctx, numbered, { balance: ending_balance });
  const open = ctx.store.invoices.update(draft.id, {
    amount_due,
    amount_remaining: amount_due,
    automatically_finalizes_at: null,
    effective_at: draft.effective_at ?? now,
    ending_balance,
    hosted_invoice_url: `${ctx.origin}/i/${draft.id}`,
    invoice_pdf: `${ctx.origin}/i/${draft.id}/pdf`,
    number: draft.number ?? `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    starting_balance: customer.balance,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
    webhooks_delivered_at: draft.webhooks_delivered_at ?? now,
  });
  schedule(ctx, 'invoices', draft.id, { at: open.due_date, customer: customer.id });
  ctx.emit('invoice.finalized', open);
  if (amount_due === 0) return markPaid(ctx, open);
  addInvoicePayment(ctx, open, paidBy ?? createInvoiceIntent(ctx, open, savesCard));
  return open;
}

/** Marks an invoice as paid. */
export function markPaid(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  const now = ctx.now(before.customer as string);
  const after = ctx.store.invoices.update(before.id, {
    amount_paid: before.amount_due,
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...before.status_transitions, paid_at: now },
  });
  schedule(ctx, 'invoices', before.id, { at: null });
  setDelinquent(ctx, after, false);
  ctx.emit('invoice.updated', after, before);
  ctx.emit('invoice.paid', after);
  ctx.emit('invoice.payment_succeeded', after);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/invoices/void.
 * @throws StripeFailure 400 unless the invoice is open or uncollectible
 */
export function voidInvoice(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  requireStatus(before, ['open', 'uncollectible'], 'voided');
  const voided_at = ctx.now(before.customer as string);
  const status_transitions = { ...before.status_transitions, voided_at };
  const after = disableAutoAdvance(ctx, before, { status: 'void', amount_remaining: 0, status_transitions });
  cancelPayment(ctx, after, 'void_invoice');
  ctx.emit('invoice.voided', after);
  return after;
}

/**
 * Source: https://docs.stripe.com/api/invoices/mark_uncollectible.
 * @throws StripeFailure 400 unless the invoice is open
 */
export function markUncollectible(ctx: Context, before: Stripe.Invoice): Stripe.Invoice {
  requireStatus(before, ['open'], 'marked uncollectible');
  const marked_uncollectible_at = ctx.now(before.customer as string);
  const status_transitions = { ...before.status_transitions, marked_uncollectible_at };
  const after = disableAutoAdvance(ctx, before, { status: 'uncollectible', status_transitions });
  setDelinquent(ctx, after, false);
  ctx.emit('invoice.marked_uncollectible', after);
  return after;
}

/** Stops the automatic attempts to pay an invoice. */
export function stopCollecting(ctx: Context, before: Stripe.Invoice): void {
  const after = disableAutoAdvance(ctx, before, {});
  if (!isDeepStrictEqual(after, before)) ctx.emit('invoice.updated', after, before);
}

/** Stops the automatic attempts to pay the invoices of a deleted customer. */
export function stopCollectingFromCustomer(ctx: Context, { id: customer }: { id: string }): void {
  const all = [...ctx.store.invoices.newestFirst({ where: { customer } })];
  for (const invoice of all.filter(({ status }) => status === 'draft' || status === 'open')) {
    stopCollecting(ctx, invoice);
  }
}

/** Cancels the payment that would pay an invoice. */
export function cancelPayment(
  ctx: Context,
  { id, customer }: Stripe.Invoice,
  reason: 'automatic' | 'void_invoice',
): void {
  const payment = defaultPayment(ctx, id);
  if (!payment) return;
  const intent = ctx.store.paymentIntents.get(payment.payment.payment_intent as string)!;
  if (intent.status !== 'canceled') cancelPaymentIntent(ctx, intent, reason);
  ctx.store.invoicePayments.update(payment.id, {
    status: 'canceled',
    status_transitions: { canceled_at: ctx.now(customer as string), paid_at: null },
  });
}

/** The payment that pays an invoice; undefined before it is finalized, or with nothing to pay. */
export const defaultPayment = (ctx: Context, invoice: string): Stripe.InvoicePayment | undefined =>
  [...ctx.store.invoicePayments.newestFirst({ where: { invoice } })].find(({ is_default }) => is_default);

/** The subscription that an invoice is for. */
export const subscriptionOf = ({ parent }: Stripe.Invoice): string | undefined =>
  parent?.subscription_details?.subscription as string | undefined;

/** Source: https://docs.stripe.com/api/customers/object#customer_object-delinquent. */
export function setDelinquent(ctx: Context, invoice: Stripe.Invoice, delinquent: boolean): void {
  const customer = ctx.store.customers.get(invoice.customer as string);
  if (customer) saveCustomer(ctx, customer, { delinquent });
}

function disableAutoAdvance(
  ctx: Context,
  before: Stripe.Invoice,
  changes: Partial<Stripe.Invoice>,
): Stripe.Invoice {
  schedule(ctx, 'invoices', before.id, { at: null });
  return ctx.store.invoices.update(before.id, {
    ...changes,
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  });
}

function requireStatus({ status }: Stripe.Invoice, allowed: readonly string[], done: string): void {
  if (allowed.includes(status ?? '')) return;
  throw failures.invalidRequest(
    `You can only pass in ${allowed.join(' or ')} invoices. This invoice is ${status} and can't be ${done}.`,
  );
}

/** Applies the customer's balance first. An amount that is too small to charge stays in the balance. */
function applyBalance({ total, currency }: Stripe.Invoice, balance: number) {
  const owed = total + balance;
  const isCharged = owed >= minimumChargeMinor(currency) && owed > 0;
  return isCharged ? { amount_due: owed, ending_balance: 0 } : { amount_due: 0, ending_balance: owed };
}

function recordAppliedBalance(
  ctx: Context,
  customer: Stripe.Customer,
  { id: invoice, currency, total }: Stripe.Invoice,
  ending_balance: number,
): void {
  const isTooSmall = ending_balance > 0 && total > 0;
  recordBalanceChange(ctx, customer, {
    amount: ending_balance - customer.balance,
    currency,
    invoice,
    type: isTooSmall ? 'invoice_too_small' : 'applied_to_invoice',
  });
}

const DESCRIPTIONS: Record<string, string> = {
  manual: 'Payment for Invoice',
  subscription_create: 'Subscription creation',
  subscription_cycle: 'Subscription update',
  subscription_update: 'Subscription update',
};

const createInvoiceIntent = (
  ctx: Context,
  invoice: Stripe.Invoice,
  savesCard: boolean,
): Stripe.PaymentIntent =>
  createPaymentIntent(ctx, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer as string,
    description: DESCRIPTIONS[invoice.billing_reason ?? ''],
    payment_method_types: invoice.payment_settings.payment_method_types ?? ['card', 'sepa_debit'],
    ...(invoice.statement_descriptor !== null && { statement_descriptor: invoice.statement_descriptor }),
    ...(savesCard && { setup_future_usage: 'off_session' }),
  });

function addInvoicePayment(ctx: Context, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  const payment = ctx.store.invoicePayments.insert({
    id: newId('invoicePayment'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: ctx.now(invoice.customer as string),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
  ctx.store.intentInvoices.insert({ id: intent.id, invoicePayment: payment.id });
}
