import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { mergeMetadata, type MetadataChange } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { applyRedemptions } from '../discounts/discount.js';
import type { Redemption } from '../discounts/redemption.js';
import { pendingItems } from '../invoice-items/invoice-item.js';
import { draftInvoice, finalizeInvoice } from '../invoices/invoice.js';
import { HOUR_SECONDS } from '../invoices/settings.js';
import { type LineDraft, trialLine } from '../invoices/lines.js';
import { invoicePaymentMethod, isPaidOrProcessing, tryToPayInvoice } from '../invoices/pay.js';
import { backdatedLines, firstPeriodStart } from './backdating.js';
import { billingModeFrom, isFlexible } from './billing-mode.js';
import { costOfSpan, periodAt } from './billing-period.js';
import { insertItem, type ItemDraft, itemFields, requireCompatiblePrices } from './items.js';
import { insertOneTimeItem, type OneTimeItem } from './one-time-items.js';
import type { createParams } from './params.js';
import { nextPendingInvoiceAt } from './pending-interval.js';
import { NEW_SETTINGS, type SubscriptionSettings } from './settings.js';
import {
  NO_CANCELLATION_DETAILS,
  periodLines,
  scheduleSubscription,
  type ShareOf,
  subscriptionNeedsAction,
  withoutPaymentFields,
} from './subscription.js';
import { requestPaymentMethod, warnIfTrialEndsSoon } from './trial.js';

/** Source: https://docs.stripe.com/billing/subscriptions/overview#payment-behavior. */
type PaymentBehavior = 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';

/** A validated subscription that is not stored yet. */
export interface SubscriptionDraft {
  customer: string;
  items: ItemDraft[];
  /** Sold once, on the first invoice. */
  oneTimeItems?: OneTimeItem[];
  behavior: PaymentBehavior;
  billing_mode?: Params<typeof createParams>['billing_mode'];
  offSession?: boolean;
  description?: string | null;
  metadata?: MetadataChange;
  /** When it began, in Unix seconds; the time since then is billed if it is prorated. By default now. */
  startDate?: number;
  trialEnd?: number | null;
  redemptions?: readonly Redemption[] | undefined;
  /** The `billing_cycle_anchor`, if the first full period does not begin at once. */
  anchor?: number;
  anchorConfig?: Stripe.Subscription.BillingCycleAnchorConfig | null;
  /**
   * Whether a first period that is shorter than the price's interval is prorated. If not, the time before the anchor
   * is free. In flexible billing mode a period that `cancel_at` shortens then costs the full price.
   */
  prorates?: boolean;
  cancel_at?: number | 'min_period_end' | 'max_period_end' | null;
  cancel_at_period_end?: boolean;
  settings?: Partial<SubscriptionSettings>;
}

/**
 * Creates a subscription with its first invoice, and tries to pay it unless the behavior is `default_incomplete`.
 * Source: https://docs.stripe.com/billing/subscriptions/overview#payment-behavior.
 * @throws StripeFailure 400 if it must be paid and has no payment method; 402 for a declined or unfinished payment
 *   under `error_if_incomplete`. In both cases nothing is stored.
 */
export function startSubscription(ctx: Context, draft: SubscriptionDraft): Stripe.Subscription {
  const subscription = insertSubscription(ctx, draft);
  const invoice = createFirstInvoice(ctx, subscription, draft);
  if (subscription.collection_method === 'send_invoice') return ctx.store.subscriptions.get(subscription.id)!;
  if (invoice.status === 'paid') requestPaymentMethod(ctx, subscription, invoice);
  else if (draft.behavior !== 'default_incomplete') {
    payFirstInvoice(ctx, invoice, draft.behavior, draft.offSession ?? false);
  }
  return ctx.store.subscriptions.get(subscription.id)!;
}

function insertSubscription(ctx: Context, draft: SubscriptionDraft): Stripe.Subscription {
  const id = newId('subscription');
  const { customer, trialEnd = null, prorates = true } = draft;
  const now = ctx.now(customer);
  const { startDate: start_date = now } = draft;
  const settings = { ...NEW_SETTINGS, ...draft.settings };
  const isSent = settings.collection_method === 'send_invoice';
  const billing_mode = billingModeFrom(ctx, draft.billing_mode, now);
  requireCompatiblePrices(
    draft.items.map(({ price }) => price),
    { billing_mode },
  );
  const anchor = trialEnd ?? draft.anchor ?? now;
  const ends = draft.items.map(({ price }) => trialEnd ?? periodAt(anchor, price.recurring!, now).end);
  const cancel_at = firstCancelAt(draft, ends);
  // The period in which the subscription will end is billed only up to then.
  const isCut = cancel_at !== null && trialEnd === null && (prorates || !isFlexible({ billing_mode }));
  const items = draft.items.map((item, index) => {
    const end = isCut ? Math.min(ends[index]!, cancel_at) : ends[index]!;
    const start = firstPeriodStart(
      { billing_mode, start_date },
      { anchor: draft.anchor, now, recurrence: item.price.recurring! },
    );
    return insertItem(ctx, item, { customer, subscription: id, created: now, period: { start, end } });
  });
  const subscription = ctx.store.subscriptions.insert({
    id,
    object: 'subscription',
    ...UNUSED,
    ...settings,
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: draft.anchorConfig ?? null,
    billing_mode,
    cancel_at,
    cancel_at_period_end: draft.cancel_at_period_end ?? false,
    canceled_at: cancel_at === null ? null : now,
    cancellation_details: NO_CANCELLATION_DETAILS,
    created: now,
    currency: items[0]!.price.currency,
    customer,
    description: draft.description ?? null,
    discounts: applyRedemptions(ctx, draft.redemptions ?? [], { customer, subscription: id }),
    ended_at: null,
    ...itemFields(id, items),
    latest_invoice: null,
    metadata: mergeMetadata({}, draft.metadata),
    next_pending_invoice_item_invoice: nextPendingInvoiceAt(
      { ...settings, billing_cycle_anchor: anchor },
      now,
    ),
    pending_setup_intent: null,
    start_date,
    status: trialEnd ? 'trialing' : isSent ? 'active' : 'incomplete',
    test_clock: ctx.store.customers.get(customer)!.test_clock ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd ? now : null,
  });
  scheduleSubscription(ctx, subscription);
  return subscription;
}

/** When a new subscription ends, in Unix seconds. @param ends the ends of its items' first full periods */
function firstCancelAt(
  { cancel_at = null, cancel_at_period_end = false }: SubscriptionDraft,
  ends: readonly number[],
): number | null {
  if (cancel_at === 'max_period_end') return Math.max(...ends);
  return cancel_at_period_end || cancel_at === 'min_period_end' ? Math.min(...ends) : cancel_at;
}

function createFirstInvoice(
  ctx: Context,
  subscription: Stripe.Subscription,
  draft: SubscriptionDraft,
): Stripe.Invoice {
  const { id, created, currency } = subscription;
  const customer = subscription.customer as string;
  // One that is sent stays a draft for an hour, as a renewal's.
  const isSent = subscription.status === 'active';
  const oneTimeItems = (draft.oneTimeItems ?? []).map((item) => insertOneTimeItem(ctx, subscription, item));
  const invoice = draftInvoice(ctx, {
    customer,
    currency,
    subscription,
    reason: 'subscription_create',
    items: [...pendingItems(ctx, customer, currency), ...oneTimeItems],
    lines: firstLines(ctx, subscription, draft),
    period: { start: created, end: created },
    finalizesAt: isSent ? created + HOUR_SECONDS : null,
  });
  const invoiced = ctx.store.subscriptions.update(id, { latest_invoice: invoice.id });
  ctx.emit('customer.subscription.created', invoiced);
  warnIfTrialEndsSoon(ctx, invoiced);
  return isSent ? invoice : finalizeInvoice(ctx, invoice, { savesCard: true });
}

function firstLines(ctx: Context, subscription: Stripe.Subscription, draft: SubscriptionDraft): LineDraft[] {
  const { data: items } = subscription.items;
  const elapsed = draft.prorates === false ? [] : backdatedLines(ctx, subscription);
  const current =
    subscription.status === 'trialing'
      ? items.map((item) => trialLine(ctx, subscription, item))
      : periodLines(ctx, items, firstPeriodShare(subscription, draft));
  return [...elapsed, ...current];
}

/** The part of an item's price that the first period costs. */
function firstPeriodShare(
  subscription: Stripe.Subscription,
  { anchor, prorates = true }: SubscriptionDraft,
): ShareOf {
  const { billing_cycle_anchor, start_date } = subscription;
  // In classic billing mode backdated time is prorated by intervals that begin at the start date.
  const isBackdated = start_date < subscription.created && anchor !== undefined;
  const origin = isBackdated && !isFlexible(subscription) ? start_date : billing_cycle_anchor;
  if (!prorates && anchor !== undefined) return () => 0;
  if (!prorates && isFlexible(subscription)) return (amountMinor) => amountMinor;
  return (amountMinor, { price, current_period_start: start, current_period_end: end }) =>
    costOfSpan(amountMinor, origin, price.recurring!, { start, end });
}

/** @throws StripeFailure as `startSubscription` */
function payFirstInvoice(
  ctx: Context,
  invoice: Stripe.Invoice,
  behavior: PaymentBehavior,
  offSession: boolean,
): void {
  if (!invoicePaymentMethod(ctx, invoice)) {
    ctx.store.rollback();
    throw failures.invalidRequest(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
      { code: 'resource_missing' },
    );
  }
  let decline: StripeFailure | undefined;
  try {
    tryToPayInvoice(ctx, invoice, { offSession });
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    decline = error;
  }
  if (behavior !== 'error_if_incomplete' || isPaidOrProcessing(ctx, invoice.id)) return;
  ctx.store.rollback();
  throw decline ? withoutPaymentFields(decline) : subscriptionNeedsAction();
}

/** Fields of Stripe's subscriptions that the sandbox does not use. */
const UNUSED = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_schedules: [],
  billing_thresholds: null,
  customer_account: null,
  default_tax_rates: [],
  livemode: false,
  managed_payments: { enabled: false },
  on_behalf_of: null,
  pause_collection: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
} satisfies Partial<Stripe.Subscription>;
