import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { readRedemptions } from '../discounts/redemption.js';
import { createInvoiceItem } from '../invoice-items/create.js';
import { pendingItems } from '../invoice-items/invoice-item.js';
import { draftInvoice, finalizeInvoice } from '../invoices/invoice.js';
import { createSubscription } from '../subscriptions/create.js';
import { renew } from '../subscriptions/lifecycle.js';
import { hasEnded, periodEnd } from '../subscriptions/subscription.js';
import { migrateSubscription, updateSubscription } from '../subscriptions/update.js';
import type { previewParams } from './params.js';

type PreviewParams = Params<typeof previewParams>;

/**
 * The next invoice of a subscription, also after a change or of a new one, or of a customer. It is made in the store
 * and undone, so that it is what the real one will be. Source: https://docs.stripe.com/api/invoices/create_preview.
 * @throws StripeFailure 400 for what the change itself is refused for, 404 if there will be no invoice
 */
export function previewInvoice(ctx: Context, params: PreviewParams): Stripe.Invoice {
  try {
    const invoice = nextInvoice(ctx, params);
    if (params.currency !== undefined && params.currency !== invoice.currency) {
      throw failures.invalidRequest(`The next invoice is in ${invoice.currency}.`, { param: 'currency' });
    }
    return asPreview(invoice);
  } finally {
    ctx.store.rollback();
  }
}

function nextInvoice(ctx: Context, params: PreviewParams): Stripe.Invoice {
  const subscription =
    params.subscription === undefined
      ? undefined
      : fromParam(ctx.store.subscriptions, params.subscription, 'subscription');
  const customer = params.customer ?? (subscription?.customer as string | undefined);
  if (customer === undefined) {
    throw failures.invalidRequest(
      'You must provide one of customer, customer_details, subscription or schedule.',
    );
  }
  fromParam(ctx.store.customers, customer, 'customer');
  for (const item of params.invoice_items ?? []) createInvoiceItem(ctx, { ...item, customer });
  const { subscription_details: details } = params;
  const { discounts } = params;
  if (subscription) return invoiceOfSubscription(ctx, subscription, details, discounts);
  if (details?.items) return firstInvoice(ctx, customer, details, discounts);
  const renewing = runningSubscriptions(ctx, customer).toSorted((a, b) => periodEnd(a) - periodEnd(b))[0];
  return renewing
    ? invoiceOfSubscription(ctx, renewing, undefined, discounts)
    : pendingInvoice(ctx, customer, params);
}

type Details = NonNullable<PreviewParams['subscription_details']>;

/** The invoice that a change makes at once, or else the next renewal's. */
function invoiceOfSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  details: Details | undefined,
  discounts: PreviewParams['discounts'],
): Stripe.Invoice {
  if (hasEnded(before)) throw noUpcomingInvoice(before.customer as string);
  // The store is rolled back, so that a discount of the subscription is one of this invoice.
  if (!details)
    return renewal(ctx, discounts === undefined ? before : updateSubscription(ctx, before, { discounts }));
  const { billing_mode, ...change } = details;
  const current = billing_mode ? inMode(ctx, before, billing_mode) : before;
  const after = updateSubscription(ctx, current, {
    ...change,
    discounts,
    payment_behavior: 'default_incomplete',
  });
  if (after.latest_invoice === before.latest_invoice) return renewal(ctx, after);
  return ctx.store.invoices.get(after.latest_invoice as string)!;
}

/**
 * A subscription after the change to a billing mode.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode.
 * @throws StripeFailure 400 for a change to classic mode
 */
function inMode(
  ctx: Context,
  subscription: Stripe.Subscription,
  { type }: NonNullable<Details['billing_mode']>,
): Stripe.Subscription {
  if (type === 'flexible') return migrateSubscription(ctx, subscription, { billing_mode: { type } });
  if (subscription.billing_mode.type === 'classic') return subscription;
  throw failures.invalidRequest('A subscription in flexible billing mode cannot change to classic mode.', {
    param: 'subscription_details[billing_mode][type]',
  });
}

function firstInvoice(
  ctx: Context,
  customer: string,
  { items = [], billing_cycle_anchor: _resets, cancel_at, ...details }: Details,
  discounts: PreviewParams['discounts'],
): Stripe.Invoice {
  const { latest_invoice } = createSubscription(ctx, {
    ...details,
    cancel_at: cancel_at ?? undefined,
    customer,
    discounts,
    items,
    payment_behavior: 'default_incomplete',
  });
  return ctx.store.invoices.get(latest_invoice as string)!;
}

/** The invoice of a subscription's next period. */
function renewal(ctx: Context, subscription: Stripe.Subscription): Stripe.Invoice {
  const { cancel_at, id, customer } = subscription;
  const at = periodEnd(subscription);
  if (cancel_at !== null && cancel_at <= at) throw noUpcomingInvoice(customer as string);
  renew(ctx, { ...subscription, pause_collection: null });
  const { latest_invoice } = ctx.store.subscriptions.get(id)!;
  const draft = ctx.store.invoices.update(latest_invoice as string, { created: at });
  finalizeInvoice(ctx, draft);
  return ctx.store.invoices.get(draft.id)!;
}

/** The invoice of a customer who only has pending items. */
function pendingInvoice(
  ctx: Context,
  customer: string,
  { currency: given, discounts }: PreviewParams,
): Stripe.Invoice {
  const currency = given ?? ctx.store.customers.get(customer)!.currency ?? 'usd';
  const items = pendingItems(ctx, customer, currency);
  if (items.length === 0) throw noUpcomingInvoice(customer);
  const now = ctx.now(customer);
  const period = { start: now, end: now };
  const draft = draftInvoice(ctx, {
    customer,
    currency,
    subscription: null,
    reason: 'manual',
    redemptions: readRedemptions(ctx, discounts, { customer, currency }),
    items,
    period,
    finalizesAt: null,
  });
  finalizeInvoice(ctx, draft);
  return ctx.store.invoices.get(draft.id)!;
}

const runningSubscriptions = (ctx: Context, customer: string): Stripe.Subscription[] =>
  [...ctx.store.subscriptions.newestFirst({ where: { customer } })].filter(
    (subscription) =>
      !hasEnded(subscription) && (subscription.cancel_at ?? Infinity) > periodEnd(subscription),
  );

/** Source: https://docs.stripe.com/error-codes#invoice-upcoming-none. */
const noUpcomingInvoice = (customer: string) =>
  failures.invalidRequest(`No upcoming invoices for customer: ${customer}`, {
    code: 'invoice_upcoming_none',
    status: 404,
  });

/** An invoice as a preview shows it: a draft that nobody has tried to pay. */
function asPreview(invoice: Stripe.Invoice): Stripe.Invoice {
  const id = newId('invoice').replace('in_', 'upcoming_in_');
  return {
    ...invoice,
    id,
    amount_paid: 0,
    amount_remaining: invoice.amount_due,
    attempt_count: 0,
    attempted: false,
    billing_reason: 'upcoming',
    effective_at: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    lines: { ...invoice.lines, data: invoice.lines.data.map((line) => ({ ...line, invoice: id })) },
    number: null,
    status: 'draft',
    status_transitions: { ...invoice.status_transitions, finalized_at: null, paid_at: null },
    webhooks_delivered_at: null,
  };
}
