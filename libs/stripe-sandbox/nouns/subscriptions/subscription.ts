import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures, StripeFailure } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata, type MetadataChange } from '../../http/metadata.js';
import { newId } from '../../store/ids.js';
import { periodAt, prorated, type Period } from './billing-period.js';
import { invoicePaymentMethod, payInvoice } from '../invoices/pay.js';
import { insertInvoiceItem, pendingItems } from '../invoice-items/invoice-item.js';
import { itemLine, productName, trialLine, type LineDraft } from '../invoices/lines.js';
import { draftInvoice, finalizeInvoice } from '../invoices/invoice.js';
import { amountOf } from '../prices/price.js';
import { itemList, subscriptionItem, type ItemDraft } from './items.js';
import { requestPaymentMethod, warnIfTrialEndsSoon, trialWarningAt } from './trial.js';

const HOUR = 60 * 60;

export type PaymentBehavior = 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';

/** A subscription that has passed validation. */
export interface SubscriptionDraft {
  customer: string;
  items: ItemDraft[];
  /** Sold once, on the first invoice. */
  extras?: { price: Stripe.Price; quantity: number }[];
  behavior: PaymentBehavior;
  offSession?: boolean;
  default_payment_method?: string | null;
  description?: string | null;
  metadata?: MetadataChange;
  trialEnd?: number | null;
  /** When whole periods begin, if not at once. */
  anchor?: number;
  /**
   * Whether a first period that is shorter than what the price is for is billed in part. If not, what comes before
   * the anchor is free, and a period that is cut short costs the whole.
   */
  prorates?: boolean;
  cancel_at?: number | 'min_period_end' | 'max_period_end' | null;
  cancel_at_period_end?: boolean;
  save_default_payment_method?: 'off' | 'on_subscription';
}

/**
 * Makes a subscription with its first invoice, and pays that as the payment behaviour says.
 * Source: https://docs.stripe.com/billing/subscriptions/overview#payment-behavior.
 * @throws StripeFailure 400 when it has to be paid and there is nothing to pay with; 402 for a declined or
 *   unfinished payment under `error_if_incomplete`, leaving no trace
 */
export function startSubscription(ctx: Context, draft: SubscriptionDraft): Stripe.Subscription {
  const subscription = insertSubscription(ctx, draft);
  const invoice = firstInvoice(ctx, subscription, draft);
  if (invoice.status === 'paid') requestPaymentMethod(ctx, subscription, invoice);
  else if (draft.behavior !== 'default_incomplete') {
    payFirstInvoice(ctx, invoice, draft.behavior, draft.offSession ?? false);
  }
  return ctx.store.subscriptions.get(subscription.id)!;
}

/** The customer of a new subscription. @throws StripeFailure 400 for an unknown one, or one of another currency */
export function requireSubscriber(ctx: Context, id: string, currency: string): Stripe.Customer {
  const customer = fromParam(ctx.store.customers, id, 'customer');
  const running = [...ctx.store.subscriptions.newestFirst({ where: { customer: id } })].find(
    (subscription) => !hasEnded(subscription) && subscription.currency !== currency,
  );
  if (!running) return customer;
  throw failures.invalidRequest(
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${running.currency}`,
  );
}

export const hasEnded = ({ status }: Pick<Stripe.Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

/** What a subscription waits for next. */
export function scheduleSubscription(ctx: Context, subscription: Stripe.Subscription): void {
  const { id, status, created, cancel_at, customer } = subscription;
  const warning = trialWarningAt(subscription) ?? 0;
  const step = warning > ctx.now(customer as string) ? warning : periodEnd(subscription);
  const next = status === 'incomplete' ? created + 23 * HOUR : step;
  const at = hasEnded(subscription) ? null : Math.min(next, cancel_at ?? Infinity);
  schedule(ctx, 'subscriptions', id, { at, customer: customer as string });
}

/** When the current period ends. */
export const periodEnd = ({ items }: Stripe.Subscription): number =>
  Math.min(...items.data.map(({ current_period_end }) => current_period_end));

/** Writes a change of a subscription, tells of it and plans what comes next. */
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

/** The lines of a period: each item's price for it, in part where the subscription ends within it. */
export function periodLines(
  ctx: Context,
  { items }: Pick<Stripe.Subscription, 'items'>,
  share: (amountMinor: number) => number = (amountMinor) => amountMinor,
): LineDraft[] {
  return items.data.map((item) => {
    const period = { start: item.current_period_start, end: item.current_period_end };
    return itemLine(ctx, item, period, share(amountOf(item.price, item.quantity ?? 1)));
  });
}

/** What of the price of a whole period falls to the first one. */
function firstShare(
  subscription: Stripe.Subscription,
  { anchor, prorates = true }: SubscriptionDraft,
): (amountMinor: number) => number {
  const { billing_cycle_anchor, created, items } = subscription;
  if (!prorates) return (amountMinor) => (anchor === undefined ? amountMinor : 0);
  const whole = periodAt(billing_cycle_anchor, items.data[0]!.price.recurring!, created);
  const end = periodEnd(subscription);
  return (amountMinor) => prorated(amountMinor, whole, created) - prorated(amountMinor, whole, end);
}

function insertSubscription(ctx: Context, draft: SubscriptionDraft): Stripe.Subscription {
  const id = newId('subscription');
  const { customer, trialEnd = null, cancel_at_period_end = false, prorates = true } = draft;
  const now = ctx.now(customer);
  const anchor = trialEnd ?? draft.anchor ?? now;
  const natural = trialEnd ?? periodAt(anchor, draft.items[0]!.price.recurring!, now).end;
  const given = draft.cancel_at ?? null;
  const cancel_at = cancel_at_period_end || typeof given === 'string' ? natural : given;
  // A period in which the subscription is to end is billed up to then.
  const end = trialEnd === null && prorates ? Math.min(natural, cancel_at ?? natural) : natural;
  const period: Period = { start: now, end };
  const items = draft.items.map((item) =>
    subscriptionItem(ctx, item, { subscription: id, created: now, period }),
  );
  const subscription = ctx.store.subscriptions.insert({
    id,
    object: 'subscription',
    ...UNUSED,
    billing_cycle_anchor: anchor,
    cancel_at,
    cancel_at_period_end,
    canceled_at: cancel_at === null ? null : now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    created: now,
    currency: items[0]!.price.currency,
    customer,
    default_payment_method: draft.default_payment_method ?? null,
    description: draft.description ?? null,
    ended_at: null,
    items: itemList(id, items),
    latest_invoice: null,
    metadata: mergeMetadata({}, draft.metadata),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: draft.save_default_payment_method ?? 'off',
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

function firstInvoice(
  ctx: Context,
  subscription: Stripe.Subscription,
  draft: SubscriptionDraft,
): Stripe.Invoice {
  const { extras = [] } = draft;
  const { id, items, created, currency } = subscription;
  const customer = subscription.customer as string;
  const lines =
    subscription.status === 'trialing'
      ? items.data.map((item) =>
          trialLine(ctx, item, { start: item.current_period_start, end: item.current_period_end }),
        )
      : periodLines(ctx, subscription, firstShare(subscription, draft));
  const once = extras.map((extra) => insertOneTimeItem(ctx, subscription, extra));
  const invoice = draftInvoice(ctx, {
    customer,
    currency,
    subscription,
    reason: 'subscription_create',
    items: [...pendingItems(ctx, customer, currency), ...once],
    lines,
    period: { start: created, end: created },
    finalizesAt: null,
  });
  const begun = ctx.store.subscriptions.update(id, { latest_invoice: invoice.id });
  ctx.emit('customer.subscription.created', begun);
  warnIfTrialEndsSoon(ctx, begun);
  return finalizeInvoice(ctx, invoice, { savesCard: true });
}

/** Something sold once, with the first invoice. */
function insertOneTimeItem(
  ctx: Context,
  { id: subscription, created, customer }: Stripe.Subscription,
  { price, quantity }: { price: Stripe.Price; quantity: number },
): Stripe.InvoiceItem {
  return insertInvoiceItem(ctx, ctx.store.customers.get(customer as string)!, {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: productName(ctx, price),
    discountable: true,
    metadata: {},
    parent: { subscription_details: { subscription }, type: 'subscription_details' },
    period: { start: created, end: created },
    pricing: {
      price_details: { price: price.id, product: price.product as string },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    proration: false,
    quantity,
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
  let refusal: StripeFailure | undefined;
  try {
    payInvoice(ctx, invoice, { offSession });
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    refusal = error;
  }
  if (behavior !== 'error_if_incomplete' || ctx.store.invoices.get(invoice.id)!.status === 'paid') return;
  ctx.store.rollback();
  throw refusal ? withoutPaymentFields(refusal) : needsAction();
}

/** A decline after whose rollback there is nothing left of the payment to name. */
export function withoutPaymentFields({ status, body }: StripeFailure): StripeFailure {
  const { payment_intent: _, charge: __, payment_method: ___, ...rest } = body;
  return new StripeFailure(status, rest);
}

const needsAction = (): StripeFailure =>
  new StripeFailure(402, {
    type: 'card_error',
    code: 'subscription_payment_intent_requires_action',
    message:
      'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.',
  });

/** What Stripe's subscriptions can be told and the sandbox's can't. */
const UNUSED = {
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  // The default since https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible.
  billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
  billing_schedules: [],
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  customer_account: null,
  days_until_due: null,
  default_source: null,
  default_tax_rates: [],
  discounts: [],
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
