import { isDeepStrictEqual } from 'node:util';
import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { pendingItems, pendingItemsFor } from '../invoice-items/invoice-item.js';
import type { LineDraft } from '../invoices/lines.js';
import { invoicePaymentMethod, isPaidOrProcessing, tryToPayInvoice } from '../invoices/pay.js';
import { sendInvoice } from '../invoices/send.js';
import { billingModeFrom, isFlexible } from './billing-mode.js';
import { changeItems } from './change-items.js';
import { requireFuture } from './anchor.js';
import { collectFinalInvoice, endPeriod, endSubscription, invoiceImmediately } from './lifecycle.js';
import { insertOneTimeItem, readOneTimeItems } from './one-time-items.js';
import type { cancelParams, migrateParams, updateParams } from './params.js';
import { nextPendingInvoiceAt } from './pending-interval.js';
import { creditEarlyEnd, deletePendingProrations, prorate } from './proration.js';
import {
  hasEnded,
  lastPeriodEnd,
  NO_CANCELLATION_DETAILS,
  periodEnd,
  saveSubscription,
  subscriptionNeedsAction,
  withoutPaymentFields,
} from './subscription.js';
import { readSubscriptionRedemptions, replaceDiscounts } from './discounts.js';
import { settingsFrom } from './settings.js';
import { warnIfTrialEndsSoon } from './trial.js';

type UpdateParams = Params<typeof updateParams>;

/**
 * Source: https://docs.stripe.com/api/subscriptions/update.
 * @throws StripeFailure 400 for parameters that do not go together, 402 for a declined change under
 *   `error_if_incomplete`
 */
export function updateSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  params: UpdateParams,
): Stripe.Subscription {
  requireUpdatableStatus(before, params);
  requireNoSchedule(before, params);
  const customer = before.customer as string;
  const { metadata, description, cancellation_details } = params;
  const scheduledEnd = scheduledEndFrom(ctx, before, params);
  const redemptions = readSubscriptionRedemptions(ctx, before, params);
  const pause = pauseFrom(ctx, before, params);
  const settings = settingsFrom(ctx, params, customer, before);
  const oneTimeItems = readOneTimeItems(ctx, params.add_invoice_items, before.currency);
  const itemsChange = changeItems(ctx, { ...before, ...settings }, params);
  const changes: Partial<Stripe.Subscription> = {
    metadata: mergeMetadata(before.metadata, metadata),
    ...(description !== undefined && { description }),
    ...settings,
    ...itemsChange?.changes,
    ...scheduledEnd,
    ...cancellationDetailsFrom({ ...before, ...scheduledEnd }, cancellation_details),
    ...pause,
    ...(redemptions && { discounts: replaceDiscounts(ctx, before, redemptions) }),
  };
  changes.next_pending_invoice_item_invoice = nextPendingInvoiceAt(
    { ...before, ...changes },
    ctx.now(customer),
  );
  for (const item of oneTimeItems) insertOneTimeItem(ctx, before, item);
  if (isDeepStrictEqual({ ...before, ...changes }, before)) return before;
  const after = saveSubscription(ctx, before, changes);
  const prorates = params.proration_behavior !== 'none';
  const changesEnd = Object.keys(scheduledEnd).length > 0 || (itemsChange !== undefined && prorates);
  if (changesEnd && before.cancel_at !== null) deletePendingProrations(ctx, before, before.cancel_at);
  if (itemsChange && (params.trial_end ?? params.trial_from_plan) !== undefined)
    warnIfTrialEndsSoon(ctx, after);
  if (params.trial_end === 'now' && after.status === 'trialing') endPeriod(ctx, after);
  if (itemsChange?.isInvoicedNow) invoiceChange(ctx, after, itemsChange.lines, params);
  if (changesEnd && prorates) creditEarlyEnd(ctx, after);
  return ctx.store.subscriptions.get(after.id)!;
}

/**
 * Source: https://docs.stripe.com/api/subscriptions/cancel.
 * @throws StripeFailure 404 for a subscription that has ended
 */
export function cancelSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  { prorate: prorates = false, invoice_now = false, cancellation_details }: Params<typeof cancelParams>,
): Stripe.Subscription {
  if (hasEnded(before)) throw failures.noSuch('subscription', before.id, 'id', 404);
  const customer = before.customer as string;
  if (prorates) creditUnusedTime(ctx, before, ctx.now(customer));
  else if (!invoice_now) deletePendingProrations(ctx, before);
  const details = { ...cancellation_details, reason: 'cancellation_requested' as const };
  const ended = endSubscription(ctx, before, details);
  if (invoice_now) collectFinalInvoice(ctx, ended, pendingItems(ctx, customer, ended.currency));
  return ctx.store.subscriptions.get(ended.id)!;
}

/** Credits the rest of the current period, instead of the credit for a scheduled end. */
function creditUnusedTime(ctx: Context, before: Stripe.Subscription, from: number): void {
  if (before.cancel_at !== null) deletePendingProrations(ctx, before, before.cancel_at);
  for (const item of before.items.data) prorate(ctx, { before: item, from });
}

function requireUpdatableStatus(before: Stripe.Subscription, params: UpdateParams): void {
  const isAlwaysAllowed = Object.keys(params).every(
    (key) => key === 'metadata' || key === 'cancellation_details',
  );
  if (!hasEnded(before) || isAlwaysAllowed) return;
  throw failures.invalidRequest(
    'A canceled subscription can only update its cancellation_details and metadata.',
  );
}

/** A schedule decides when its subscription ends. */
function requireNoSchedule(
  { schedule }: Stripe.Subscription,
  { cancel_at, cancel_at_period_end }: UpdateParams,
): void {
  if (schedule === null || (cancel_at === undefined && cancel_at_period_end === undefined)) return;
  throw failures.invalidRequest(
    `The subscription is managed by the subscription schedule \`${schedule as string}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
  );
}

/** The fields of a scheduled end. Stripe shows the end of the period as a `cancel_at` too. */
function scheduledEndFrom(
  ctx: Context,
  before: Stripe.Subscription,
  { cancel_at, cancel_at_period_end }: UpdateParams,
): Partial<Stripe.Subscription> {
  if (cancel_at !== undefined && cancel_at_period_end !== undefined) {
    throw failures.exclusive('cancel_at', 'cancel_at_period_end');
  }
  const now = ctx.now(before.customer as string);
  if (cancel_at_period_end === true) {
    return {
      cancel_at: periodEnd(before),
      cancel_at_period_end,
      canceled_at: now,
      cancellation_details: CANCELLATION_REQUESTED,
    };
  }
  if (cancel_at_period_end === false || cancel_at === null) {
    const wasScheduled = before.cancel_at !== null;
    return {
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      ...(wasScheduled && { cancellation_details: NO_CANCELLATION_DETAILS }),
    };
  }
  if (cancel_at === undefined) return {};
  const ends = { min_period_end: periodEnd(before), max_period_end: lastPeriodEnd(before) };
  const at = typeof cancel_at === 'number' ? cancel_at : ends[cancel_at];
  requireFuture(at, now, 'cancel_at');
  return {
    cancel_at: at,
    cancel_at_period_end: false,
    canceled_at: now,
    cancellation_details: CANCELLATION_REQUESTED,
  };
}

const CANCELLATION_REQUESTED = {
  ...NO_CANCELLATION_DETAILS,
  reason: 'cancellation_requested',
} satisfies Stripe.Subscription.CancellationDetails;

function cancellationDetailsFrom(
  { cancellation_details }: Stripe.Subscription,
  given: UpdateParams['cancellation_details'],
): Partial<Stripe.Subscription> {
  if (!given || !cancellation_details) return {};
  return { cancellation_details: { ...cancellation_details, ...given } };
}

/** Source: https://docs.stripe.com/billing/subscriptions/pause-payment. */
function pauseFrom(
  ctx: Context,
  { customer }: Stripe.Subscription,
  { pause_collection: pause }: UpdateParams,
): Pick<Partial<Stripe.Subscription>, 'pause_collection'> {
  if (!pause) return pause === null ? { pause_collection: null } : {};
  const { behavior, resumes_at = null } = pause;
  if (resumes_at !== null) {
    requireFuture(resumes_at, ctx.now(customer as string), 'pause_collection[resumes_at]');
  }
  return { pause_collection: { behavior, resumes_at } };
}

/** Moves a subscription to flexible billing mode. Source: https://docs.stripe.com/api/subscriptions/migrate. */
export function migrateSubscription(
  ctx: Context,
  before: Stripe.Subscription,
  { billing_mode }: Params<typeof migrateParams>,
): Stripe.Subscription {
  if (hasEnded(before)) throw failures.noSuch('subscription', before.id, 'id', 404);
  if (isFlexible(before)) return before;
  const now = ctx.now(before.customer as string);
  return saveSubscription(ctx, before, { billing_mode: billingModeFrom(ctx, billing_mode, now) });
}

/** Invoices a change at once, and tries to pay the invoice. */
function invoiceChange(
  ctx: Context,
  after: Stripe.Subscription,
  lines: LineDraft[],
  params: UpdateParams,
): void {
  const customer = after.customer as string;
  const isReset = lines.length > 0;
  // Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare#pending-invoice-items.
  const includesPending = isFlexible(after) || (isReset && params.proration_behavior !== 'always_invoice');
  const pending = includesPending ? pendingItems(ctx, customer, after.currency) : [];
  const items = [...pending, ...pendingItemsFor(ctx, after)];
  const invoice = invoiceImmediately(ctx, after, { items, lines });
  if (invoice?.status !== 'open') return;
  if (after.collection_method === 'send_invoice') {
    sendInvoice(ctx, invoice);
    return;
  }
  if (params.payment_behavior === 'default_incomplete') return;
  if (!invoicePaymentMethod(ctx, invoice)) return;
  let decline: StripeFailure | undefined;
  try {
    tryToPayInvoice(ctx, invoice, { offSession: params.off_session ?? false });
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    decline = error;
  }
  if (isPaidOrProcessing(ctx, invoice.id) || params.payment_behavior !== 'error_if_incomplete') return;
  ctx.store.rollback();
  throw decline ? withoutPaymentFields(decline) : subscriptionNeedsAction();
}
