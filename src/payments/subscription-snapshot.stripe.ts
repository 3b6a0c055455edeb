import type Stripe from 'stripe';
import { idOf } from '#stripe/id-of.js';
import { SHOP_TRANSACTION_ID } from './payment-ids.js';
import { checkoutStatusOf, instantOf } from './payment-snapshot.stripe.js';
import type {
  InvoiceFailure,
  SubscriptionEnd,
  SubscriptionInvoice,
  SubscriptionItem,
  SubscriptionSnapshot,
  SubscriptionStatus,
} from './subscription-record.js';

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses; a status that is added later is PENDING. */
const STATUSES: Readonly<Record<string, SubscriptionStatus>> = {
  incomplete: 'PENDING',
  trialing: 'ACTIVE',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  unpaid: 'PAST_DUE',
  paused: 'PAST_DUE',
  incomplete_expired: 'EXPIRED',
  canceled: 'CANCELED',
};

/** A subscription whose Checkout page is open or has expired. */
export function snapshotOfPage(session: Stripe.Checkout.Session): SubscriptionSnapshot {
  const checkoutStatus = checkoutStatusOf(session);
  return {
    status: checkoutStatus === 'expired' ? 'EXPIRED' : 'PENDING',
    checkoutStatus,
    sessionId: session.id,
    subscriptionId: null,
    customerId: idOf(session.customer) ?? null,
    shopTransactionId: session.client_reference_id,
    currentPeriodStart: null,
    currentPeriodEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    endedAt: null,
    items: [],
    latestInvoice: null,
    createdAt: instantOf(session.created),
  };
}

/** The same as when the page was opened: what has become of it is read when its events are handled. */
export function snapshotOfOpenPage(session: Stripe.Checkout.Session): SubscriptionSnapshot {
  return { ...snapshotOfPage(session), status: 'PENDING', checkoutStatus: 'open' };
}

/** A subscription, with the complete session on which it was started, if any. Its latest invoice must be expanded. */
export function snapshotOfSubscription(
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
  session: Stripe.Checkout.Session | undefined,
): SubscriptionSnapshot {
  const invoice = expandedInvoice(subscription);
  // Stripe's own filters by period do the same: https://docs.stripe.com/api/subscriptions/list
  const starts = items.map(({ current_period_start: start }) => start);
  const ends = items.map(({ current_period_end: end }) => end);
  return {
    ...endOf(subscription),
    checkoutStatus: session ? checkoutStatusOf(session) : null,
    sessionId: session?.id ?? null,
    subscriptionId: subscription.id,
    customerId: idOf(subscription.customer) ?? null,
    shopTransactionId: session?.client_reference_id ?? subscription.metadata[SHOP_TRANSACTION_ID] ?? null,
    currentPeriodStart: starts.length === 0 ? null : instantOf(Math.max(...starts)),
    currentPeriodEnd: ends.length === 0 ? null : instantOf(Math.min(...ends)),
    items: items.map(toItem),
    latestInvoice: invoice ? toInvoice(invoice) : null,
    createdAt: instantOf((session ?? subscription).created),
  };
}

/** Whether and when a subscription ends, apart from its Checkout page. */
export function endOf(subscription: Stripe.Subscription): Omit<SubscriptionEnd, 'checkoutStatus'> {
  return {
    status: STATUSES[subscription.status] ?? 'PENDING',
    cancelAt: optionalInstantOf(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    endedAt: optionalInstantOf(subscription.ended_at),
  };
}

/** The latest invoice of a subscription that was read with it. */
export function expandedInvoice({
  latest_invoice: invoice,
}: Stripe.Subscription): Stripe.Invoice | undefined {
  return typeof invoice === 'string' ? undefined : (invoice ?? undefined);
}

/** Whether an attempt to pay an invoice may have failed. Then its PaymentIntent has to be read. */
export function mayHaveFailed({ status, attempted }: Stripe.Invoice): boolean {
  return attempted && (status === 'open' || status === 'uncollectible');
}

/**
 * The failure of an invoice's latest payment attempt; undefined if it has not failed. Also a payment that has to be
 * authenticated has failed: https://docs.stripe.com/billing/subscriptions/webhooks
 */
export function failureOf(
  invoice: Stripe.Invoice,
  { status, latest_charge: charge, last_payment_error: error }: Stripe.PaymentIntent,
): InvoiceFailure | undefined {
  if (status !== 'requires_payment_method' && status !== 'requires_action') return undefined;
  // Attempts by hand do not raise the count: https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count
  const attempt = [invoice.attempt_count, status, idOf(charge), error?.code].join(' ');
  return { invoice: toInvoice(invoice), attempt };
}

function toInvoice(invoice: Stripe.Invoice): SubscriptionInvoice {
  const { id, status, total: totalMinor, currency, hosted_invoice_url: hostedUrl } = invoice;
  return { id, status, totalMinor, currency, hostedUrl: hostedUrl ?? null };
}

function toItem({ price, quantity }: Stripe.SubscriptionItem): SubscriptionItem {
  return {
    priceId: price.id,
    productId: idOf(price.product) ?? '',
    unitAmountMinor: price.unit_amount,
    currency: price.currency,
    quantity: quantity ?? null,
    interval: price.recurring?.interval ?? '',
    intervalCount: price.recurring?.interval_count ?? 1,
  };
}

function optionalInstantOf(seconds: number | null): Date | null {
  return seconds === null ? null : instantOf(seconds);
}
