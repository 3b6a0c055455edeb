import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { mergeMetadata, type MetadataChange } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newId } from '../../store/ids.js';
import { applyRedemptions } from '../discounts/discount.js';
import type { Redemption } from '../discounts/redemption.js';
import { insertInvoiceItem, pendingItems } from '../invoice-items/invoice-item.js';
import { pricingOf, quantityFields } from '../invoice-items/pricing.js';
import { draftInvoice, finalizeInvoice } from '../invoices/invoice.js';
import { type LineDraft, productName, trialLine } from '../invoices/lines.js';
import { invoicePaymentMethod, tryToPayInvoice } from '../invoices/pay.js';
import { amountOf } from '../prices/price.js';
import { billingModeFrom, isFlexible } from './billing-mode.js';
import { periodAt, proratedShare } from './billing-period.js';
import { insertItem, type ItemDraft, itemFields, requireCompatiblePrices } from './items.js';
import type { createParams } from './params.js';
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
  default_payment_method?: string | null;
  description?: string | null;
  metadata?: MetadataChange;
  trialEnd?: number | null;
  redemptions?: readonly Redemption[] | undefined;
  /** The `billing_cycle_anchor`, if the first full period does not begin at once. */
  anchor?: number;
  /**
   * Whether a first period that is shorter than the price's interval is prorated. If not, the time before the anchor
   * is free. In flexible billing mode a period that `cancel_at` shortens then costs the full price.
   */
  prorates?: boolean;
  cancel_at?: number | 'min_period_end' | 'max_period_end' | null;
  cancel_at_period_end?: boolean;
  payment_settings?: Params<typeof createParams>['payment_settings'];
}

interface OneTimeItem {
  price: Stripe.Price;
  quantity: number;
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
    return insertItem(ctx, item, { customer, subscription: id, created: now, period: { start: now, end } });
  });
  const subscription = ctx.store.subscriptions.insert({
    id,
    object: 'subscription',
    ...UNUSED,
    billing_cycle_anchor: anchor,
    billing_mode,
    cancel_at,
    cancel_at_period_end: draft.cancel_at_period_end ?? false,
    canceled_at: cancel_at === null ? null : now,
    cancellation_details: NO_CANCELLATION_DETAILS,
    created: now,
    currency: items[0]!.price.currency,
    customer,
    default_payment_method: draft.default_payment_method ?? null,
    description: draft.description ?? null,
    discounts: applyRedemptions(ctx, draft.redemptions ?? [], { customer, subscription: id }),
    ended_at: null,
    ...itemFields(id, items),
    latest_invoice: null,
    metadata: mergeMetadata({}, draft.metadata),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
      ...draft.payment_settings,
    },
    pending_setup_intent: null,
    start_date: now,
    status: trialEnd ? 'trialing' : 'incomplete',
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
  const oneTimeItems = (draft.oneTimeItems ?? []).map((item) => insertOneTimeItem(ctx, subscription, item));
  const invoice = draftInvoice(ctx, {
    customer,
    currency,
    subscription,
    reason: 'subscription_create',
    items: [...pendingItems(ctx, customer, currency), ...oneTimeItems],
    lines: firstLines(ctx, subscription, draft),
    period: { start: created, end: created },
    finalizesAt: null,
  });
  const invoiced = ctx.store.subscriptions.update(id, { latest_invoice: invoice.id });
  ctx.emit('customer.subscription.created', invoiced);
  warnIfTrialEndsSoon(ctx, invoiced);
  return finalizeInvoice(ctx, invoice, { savesCard: true });
}

function firstLines(ctx: Context, subscription: Stripe.Subscription, draft: SubscriptionDraft): LineDraft[] {
  if (subscription.status !== 'trialing') {
    return periodLines(ctx, subscription.items.data, firstPeriodShare(subscription, draft));
  }
  return subscription.items.data.map((item) => trialLine(ctx, subscription, item));
}

/** The part of an item's price that the first period costs. */
function firstPeriodShare(
  subscription: Stripe.Subscription,
  { anchor, prorates = true }: SubscriptionDraft,
): ShareOf {
  const { billing_cycle_anchor, created } = subscription;
  if (!prorates && anchor !== undefined) return () => 0;
  if (!prorates && isFlexible(subscription)) return (amountMinor) => amountMinor;
  return (amountMinor, { price, current_period_end: end }) => {
    const fullPeriod = periodAt(billing_cycle_anchor, price.recurring!, created);
    return proratedShare(amountMinor, fullPeriod, { start: created, end });
  };
}

function insertOneTimeItem(
  ctx: Context,
  { id: subscription, created, customer }: Stripe.Subscription,
  { price, quantity }: OneTimeItem,
): Stripe.InvoiceItem {
  return insertInvoiceItem(ctx, ctx.store.customers.get(customer as string)!, {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: productName(ctx, price),
    discountable: true,
    metadata: {},
    parent: { subscription_details: { subscription }, type: 'subscription_details' },
    period: { start: created, end: created },
    pricing: pricingOf(price),
    proration: false,
    ...quantityFields(String(quantity)),
  });
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
  if (behavior !== 'error_if_incomplete' || ctx.store.invoices.get(invoice.id)!.status === 'paid') return;
  ctx.store.rollback();
  throw decline ? withoutPaymentFields(decline) : subscriptionNeedsAction();
}

/** Fields of Stripe's subscriptions that the sandbox does not use. */
const UNUSED = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_schedules: [],
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  customer_account: null,
  days_until_due: null,
  default_source: null,
  default_tax_rates: [],
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  livemode: false,
  managed_payments: { enabled: false },
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  pending_invoice_item_interval: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
  trial_settings: {
    end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
  },
} satisfies Partial<Stripe.Subscription>;
