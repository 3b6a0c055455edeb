import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { pendingItems, pendingItemsFor } from '../invoice-items/invoice-item.js';
import { collectOrSend } from '../invoices/collect.js';
import {
  draftInvoice,
  finalizeInvoice,
  stopCollecting,
  subscriptionOf,
  voidInvoice,
} from '../invoices/invoice.js';
import type { LineDraft } from '../invoices/lines.js';
import { closePausedInvoice } from '../invoices/paused.js';
import { invoiceOf } from '../invoices/pay.js';
import { type Period, periodAt, proratedShare } from './billing-period.js';
import { withCurrentDiscounts } from './discounts.js';
import { inPeriod, itemFields } from './items.js';
import { nextPendingInvoiceAt } from './pending-interval.js';
import { deletePendingProrations } from './proration.js';
import {
  hasEnded,
  NO_CANCELLATION_DETAILS,
  periodEnd,
  periodLines,
  saveSubscription,
  scheduleSubscription,
  type ShareOf,
} from './subscription.js';
import { cancelPendingSetup, endWithoutPaymentMethod, trialWarningAt } from './trial.js';

const HOUR_SECONDS = 60 * 60;

/**
 * Makes a subscription's scheduled change: it expires, ends, collects payments again, warns of its trial's end, or
 * begins its next period.
 */
export function advanceSubscription(ctx: Context, id: string): void {
  const subscription = ctx.store.subscriptions.get(id);
  if (!subscription || hasEnded(subscription)) return;
  if (isPauseOver(ctx, subscription)) {
    // This schedules the next change, which may be due now.
    saveSubscription(ctx, subscription, { pause_collection: null });
    return;
  }
  const now = ctx.now(subscription.customer as string);
  if (subscription.status === 'incomplete') return expireIncomplete(ctx, subscription);
  if (subscription.cancel_at !== null && subscription.cancel_at <= now) {
    endAtScheduledTime(ctx, subscription);
    return;
  }
  if (periodEnd(subscription) <= now) {
    endPeriod(ctx, subscription);
    return;
  }
  const pendingAt = subscription.next_pending_invoice_item_invoice ?? Infinity;
  const warningAt = trialWarningAt(subscription) ?? Infinity;
  // A warning from before the pending items were due has been sent.
  if (warningAt <= now && (pendingAt > now || pendingAt <= warningAt)) {
    ctx.emit('customer.subscription.trial_will_end', subscription);
  }
  if (pendingAt <= now) invoicePendingItems(ctx, subscription);
  else scheduleSubscription(ctx, subscription);
}

/** Begins the next period, or ends or pauses a subscription whose trial ends without a payment method. */
export function endPeriod(ctx: Context, subscription: Stripe.Subscription): void {
  const isTrial = subscription.status === 'trialing';
  const end = isTrial ? endWithoutPaymentMethod(ctx, subscription) : undefined;
  if (end === 'cancel') endSubscription(ctx, subscription, {});
  else if (end === 'pause') {
    ctx.emit('customer.subscription.paused', saveSubscription(ctx, subscription, { status: 'paused' }));
  } else renew(ctx, subscription);
}

function isPauseOver(ctx: Context, { customer, pause_collection }: Stripe.Subscription): boolean {
  return (pause_collection?.resumes_at ?? Infinity) <= ctx.now(customer as string);
}

/** Ends a subscription at its `cancel_at`, with a final invoice: https://docs.stripe.com/api/subscriptions/cancel. */
function endAtScheduledTime(ctx: Context, before: Stripe.Subscription): void {
  const ended = endSubscription(ctx, before, { reason: 'cancellation_requested' });
  collectFinalInvoice(ctx, ended, pendingItemsFor(ctx, ended));
}

/** Creates and collects the final invoice of a subscription that has ended, if there are items for it. */
export function collectFinalInvoice(
  ctx: Context,
  ended: Stripe.Subscription,
  items: readonly Stripe.InvoiceItem[],
): void {
  const invoice = invoiceImmediately(ctx, ended, { items });
  if (invoice?.status === 'open') collectOrSend(ctx, invoice);
}

/** Activates an incomplete or past due subscription whose latest invoice was paid, or is about to be. */
export function activatePaidSubscription(ctx: Context, invoice: Stripe.Invoice): void {
  const subscription = ctx.store.subscriptions.get(subscriptionOf(invoice) ?? '');
  if (!subscription || hasEnded(subscription)) return;
  const isLatest = subscription.latest_invoice === invoice.id;
  if (!isLatest || !['incomplete', 'past_due', 'paused', 'unpaid'].includes(subscription.status)) return;
  const paymentMethod = paymentMethodToSave(ctx, subscription, invoice);
  const after = saveSubscription(ctx, subscription, {
    status: 'active',
    ...(paymentMethod && { default_payment_method: paymentMethod }),
  });
  if (subscription.status === 'paused') ctx.emit('customer.subscription.resumed', after);
}

/**
 * Activates an incomplete subscription whose first invoice is being paid by a debit.
 * Source: https://docs.stripe.com/billing/subscriptions/sepa-debit.
 */
export function activateProcessingSubscription(ctx: Context, intent: Stripe.PaymentIntent): void {
  const invoice = invoiceOf(ctx, intent);
  const subscription = ctx.store.subscriptions.get((invoice && subscriptionOf(invoice)) ?? '');
  if (invoice && subscription?.status === 'incomplete') activatePaidSubscription(ctx, invoice);
}

/** Marks an active subscription as past due after the payment of its invoice failed. */
export function markPastDue(ctx: Context, invoice: Stripe.Invoice): void {
  const subscription = ctx.store.subscriptions.get(subscriptionOf(invoice) ?? '');
  if (subscription?.status === 'active') saveSubscription(ctx, subscription, { status: 'past_due' });
}

/** Marks the subscription of a sent invoice as past due once the invoice is. */
export function markOverdue(ctx: Context, id: string): void {
  const invoice = ctx.store.invoices.get(id);
  if (invoice?.status !== 'open' || invoice.collection_method !== 'send_invoice') return;
  if (invoice.due_date !== null && invoice.due_date <= ctx.now(invoice.customer as string)) {
    markPastDue(ctx, invoice);
  }
}

/** Ends a subscription or marks it unpaid, as the account's settings say, after the last attempt to pay its invoice. */
export function handleRetriesExhausted(ctx: Context, invoice: Stripe.Invoice): void {
  const subscription = ctx.store.subscriptions.get(subscriptionOf(invoice) ?? '');
  const hasNoRetries = invoice.status === 'open' && invoice.auto_advance === false;
  if (!hasNoRetries || subscription?.status !== 'past_due') return;
  const { afterRetries } = ctx.store.settings;
  if (afterRetries === 'cancel') {
    deletePendingProrations(ctx, subscription);
    endSubscription(ctx, subscription, { reason: 'payment_failed' });
  }
  if (afterRetries === 'mark_unpaid') saveSubscription(ctx, subscription, { status: 'unpaid' });
}

/**
 * Ends a subscription, and voids its unpaid first invoice or stops collecting its latest one.
 * Source: https://docs.stripe.com/api/subscriptions/cancel.
 */
export function endSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  details: Partial<Stripe.Subscription.CancellationDetails>,
): Stripe.Subscription {
  const now = ctx.now(before.customer as string);
  cancelPendingSetup(ctx, before);
  const after = ctx.store.subscriptions.update(before.id, {
    canceled_at: before.canceled_at ?? now,
    cancellation_details: { ...(before.cancellation_details ?? NO_CANCELLATION_DETAILS), ...details },
    ended_at: now,
    pending_setup_intent: null,
    status: before.status === 'incomplete' ? 'incomplete_expired' : 'canceled',
  });
  scheduleSubscription(ctx, after);
  ctx.emit('customer.subscription.deleted', after);
  // This comes after the update, because otherwise `handleRetriesExhausted` would end the subscription again.
  const latest = ctx.store.invoices.get((before.latest_invoice as string | null) ?? '');
  if (before.status === 'incomplete' && latest?.status === 'open') voidInvoice(ctx, latest);
  else if (latest && ['draft', 'open'].includes(latest.status ?? '')) stopCollecting(ctx, latest);
  return after;
}

/** Ends the subscriptions of a deleted customer. Source: https://docs.stripe.com/api/customers/delete. */
export function endCustomerSubscriptions(ctx: Context, { id: customer }: { id: string }): void {
  const running = [...ctx.store.subscriptions.newestFirst({ where: { customer } })].filter(
    (subscription) => !hasEnded(subscription),
  );
  for (const subscription of running) {
    endSubscription(ctx, subscription, { reason: 'cancellation_requested' });
  }
}

function expireIncomplete(ctx: Context, subscription: Stripe.Subscription): void {
  const invoice = ctx.store.invoices.get((subscription.latest_invoice as string | null) ?? '');
  if (invoice?.status === 'open') voidInvoice(ctx, invoice);
  deletePendingProrations(ctx, subscription);
  const now = ctx.now(subscription.customer as string);
  saveSubscription(ctx, subscription, { ended_at: now, status: 'incomplete_expired' });
}

/** Begins the next period with a draft invoice, which is finalized and paid an hour later. */
export function renew(ctx: Context, before: Stripe.Subscription): void {
  const start = periodEnd(before);
  const fullPeriodOf = ({ price }: Stripe.SubscriptionItem): Period =>
    periodAt(before.billing_cycle_anchor, price.recurring!, start);
  const isDue = ({ current_period_end }: Stripe.SubscriptionItem): boolean => current_period_end <= start;
  const renewed = before.items.data.filter(isDue).map((item) => {
    const { end } = fullPeriodOf(item);
    // The period in which the subscription will end is billed only up to then.
    return inPeriod(item, { start, end: Math.min(end, before.cancel_at ?? end) });
  });
  const items = before.items.data.map((item) => renewed.find(({ id }) => id === item.id) ?? item);
  const share: ShareOf = (amountMinor, item) =>
    proratedShare(amountMinor, fullPeriodOf(item), { start, end: item.current_period_end });
  const customer = before.customer as string;
  const invoice = draftInvoice(ctx, {
    customer,
    currency: before.currency,
    subscription: before,
    reason: 'subscription_cycle',
    items: [...pendingItems(ctx, customer, before.currency), ...pendingItemsFor(ctx, before)],
    lines: periodLines(ctx, renewed, share),
    period: { start: before.items.data.find(isDue)!.current_period_start, end: start },
    finalizesAt: before.pause_collection ? null : start + HOUR_SECONDS,
  });
  saveSubscription(ctx, before, {
    ...itemFields(before.id, withCurrentDiscounts(ctx, before.id, items)),
    latest_invoice: invoice.id,
    next_pending_invoice_item_invoice: nextPendingInvoiceAt(before, start),
    ...(before.status === 'trialing' && { status: 'active' }),
  });
  stopIfNotCollected(ctx, before, invoice);
}

/**
 * Bills the pending items of a subscription within a period, as an invoice that is created for it would. Without items
 * there is no invoice. Source: https://docs.stripe.com/api/subscriptions/object, `pending_invoice_item_interval`.
 */
function invoicePendingItems(ctx: Context, before: Stripe.Subscription): void {
  const customer = before.customer as string;
  const now = ctx.now(customer);
  const items = pendingItemsFor(ctx, before);
  const next_pending_invoice_item_invoice = nextPendingInvoiceAt(before, now);
  if (items.length === 0) {
    saveSubscription(ctx, before, { next_pending_invoice_item_invoice });
    return;
  }
  const invoice = draftInvoice(ctx, {
    customer,
    currency: before.currency,
    subscription: before,
    reason: 'manual',
    items,
    period: { start: now, end: now },
    finalizesAt: before.pause_collection ? null : now + HOUR_SECONDS,
  });
  saveSubscription(ctx, before, { latest_invoice: invoice.id, next_pending_invoice_item_invoice });
  stopIfNotCollected(ctx, before, invoice);
}

/** Does not collect a new draft of a subscription that is unpaid, or whose payments are not collected. */
function stopIfNotCollected(
  ctx: Context,
  { pause_collection, status }: Stripe.Subscription,
  invoice: Stripe.Invoice,
): void {
  if (pause_collection) closePausedInvoice(ctx, invoice, pause_collection);
  else if (status === 'unpaid') stopCollecting(ctx, invoice);
}

/** Creates and finalizes an invoice for a change within a period; undefined if there is nothing to put on it. */
export function invoiceImmediately(
  ctx: Context,
  subscription: Stripe.Subscription,
  { items, lines = [] }: { items: readonly Stripe.InvoiceItem[]; lines?: LineDraft[] },
): Stripe.Invoice | undefined {
  if (items.length + lines.length === 0) return undefined;
  const customer = subscription.customer as string;
  const now = ctx.now(customer);
  const invoice = draftInvoice(ctx, {
    customer,
    currency: subscription.currency,
    subscription,
    reason: 'subscription_update',
    items,
    lines,
    period: { start: now, end: now },
    finalizesAt: null,
  });
  saveSubscription(ctx, subscription, { latest_invoice: invoice.id });
  if (subscription.pause_collection) return closePausedInvoice(ctx, invoice, subscription.pause_collection);
  return finalizeInvoice(ctx, invoice);
}

/** The payment method that paid an invoice, if it should become the subscription's default. */
function paymentMethodToSave(
  ctx: Context,
  { default_payment_method, payment_settings }: Stripe.Subscription,
  { id }: Stripe.Invoice,
): string | null {
  const isSaved = payment_settings?.save_default_payment_method === 'on_subscription';
  if (default_payment_method || !isSaved) return null;
  const [payment] = ctx.store.invoicePayments.newestFirst({ where: { invoice: id } });
  const intent = ctx.store.paymentIntents.get((payment?.payment.payment_intent as string | undefined) ?? '');
  return (intent?.payment_method as string | null) ?? null;
}
