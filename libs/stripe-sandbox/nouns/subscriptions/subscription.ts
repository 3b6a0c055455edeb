import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { omit } from '../../omit.js';
import { itemLine, type LineDraft } from '../invoices/lines.js';
import { amountOf } from '../prices/price.js';
import { trialWarningAt } from './trial.js';

/** How long a first invoice can be paid. Source: https://docs.stripe.com/billing/subscriptions/overview. */
const INCOMPLETE_SECONDS = 23 * 60 * 60;

/**
 * The customer of a new subscription.
 * @throws StripeFailure 400 for an unknown customer, or one with a subscription in another currency
 */
export function requireSubscriber(ctx: Context, id: string, currency: string): Stripe.Customer {
  const customer = fromParam(ctx.store.customers, id, 'customer');
  const conflicting = [...ctx.store.subscriptions.newestFirst({ where: { customer: id } })].find(
    (subscription) => !hasEnded(subscription) && subscription.currency !== currency,
  );
  if (!conflicting) return customer;
  throw failures.invalidRequest(
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${conflicting.currency}`,
  );
}

/** The `cancellation_details` of a subscription that nobody has canceled. */
export const NO_CANCELLATION_DETAILS: Stripe.Subscription.CancellationDetails = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
};

/** Whether a subscription is over for good. */
export const hasEnded = ({ status }: Pick<Stripe.Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

/** Schedules `advanceSubscription` for a subscription's next change. */
export function scheduleSubscription(ctx: Context, subscription: Stripe.Subscription): void {
  const customer = subscription.customer as string;
  const next = Math.min(
    nextChangeAt(subscription, ctx.now(customer)),
    nextPendingInvoice(subscription),
    subscription.cancel_at ?? Infinity,
    subscription.pause_collection?.resumes_at ?? Infinity,
  );
  const at = hasEnded(subscription) || next === Infinity ? null : next;
  schedule(ctx, 'subscriptions', subscription.id, { at, customer });
}

const nextPendingInvoice = ({
  status,
  next_pending_invoice_item_invoice: at,
}: Stripe.Subscription): number =>
  status === 'incomplete' || status === 'paused' ? Infinity : (at ?? Infinity);

function nextChangeAt(subscription: Stripe.Subscription, now: number): number {
  if (subscription.status === 'incomplete') return subscription.created + INCOMPLETE_SECONDS;
  if (subscription.status === 'paused') return Infinity;
  const warningAt = trialWarningAt(subscription) ?? 0;
  return warningAt > now ? warningAt : periodEnd(subscription);
}

/** When the first of the items' current periods ends, in Unix seconds. */
export const periodEnd = ({ items }: Pick<Stripe.Subscription, 'items'>): number =>
  Math.min(...items.data.map(({ current_period_end }) => current_period_end));

/** When the last of the items' current periods ends, in Unix seconds. */
export const lastPeriodEnd = ({ items }: Pick<Stripe.Subscription, 'items'>): number =>
  Math.max(...items.data.map(({ current_period_end }) => current_period_end));

/** Saves changes to a subscription, emits `customer.subscription.updated`, and schedules its next change. */
export function saveSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  changes: Partial<Stripe.Subscription>,
): Stripe.Subscription {
  const after = ctx.store.subscriptions.update(before.id, changes);
  scheduleSubscription(ctx, after);
  ctx.emit('customer.subscription.updated', after, before);
  return after;
}

/** The part of an item's price that is billed for its current period, in minor units. */
export type ShareOf = (amountMinor: number, item: Stripe.SubscriptionItem) => number;

/** The invoice lines of the current periods of a subscription's items. By default the full prices are billed. */
export const periodLines = (
  ctx: Context,
  items: readonly Stripe.SubscriptionItem[],
  share: ShareOf = (amountMinor) => amountMinor,
): LineDraft[] =>
  items.map((item) => itemLine(ctx, item, share(amountOf(item.price, item.quantity ?? 1), item)));

/** A decline without the payment, which was rolled back. */
export function withoutPaymentFields({ status, body }: StripeFailure): StripeFailure {
  return new StripeFailure(status, omit(body, 'payment_intent', 'charge', 'payment_method'));
}

/** The error for a subscription that must be paid at once and whose cardholder must authenticate. */
export const subscriptionNeedsAction = (): StripeFailure =>
  new StripeFailure(402, {
    type: 'card_error',
    code: 'subscription_payment_intent_requires_action',
    message:
      'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.',
  });
