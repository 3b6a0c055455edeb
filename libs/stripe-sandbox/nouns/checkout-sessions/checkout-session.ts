import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { createParams, updateParams } from './params.js';
import { requireChargeable } from '../../money/amount-limits.js';
import { buildSession } from './fields.js';
import { insertLines, readLines, requireMinimumTotal, type LineDraft } from './line-items.js';
import { requireRedirectUrl } from './redirect-urls.js';
import { cancelPaymentIntent } from '../payment-intents/payment-intent.js';
import { amountOf } from '../prices/price.js';
import { cancelSetupIntent, createSetupIntent } from '../setup-intents/setup-intent.js';
import { endSubscription } from '../subscriptions/lifecycle.js';
import { requireSubscriber } from '../subscriptions/subscription.js';

const MINUTES = 60;
const DAY = 24 * 60 * MINUTES;

type CreateParams = Params<typeof createParams>;

/**
 * Source: https://docs.stripe.com/api/checkout/sessions/create.
 * @throws StripeFailure 400 for parameters that do not fit each other or the mode
 */
export function createCheckoutSession(ctx: Context, params: CreateParams): Stripe.Checkout.Session {
  const { mode } = params;
  requireParamsFitMode(ctx, params);
  const drafts =
    mode === 'setup' ? [] : readLines(ctx, params.line_items ?? [], { mode, currency: params.currency });
  const amounts = mode === 'setup' ? null : totalsOf(ctx, params, drafts);
  if (mode === 'subscription' && params.customer !== undefined) {
    requireSubscriber(ctx, params.customer, drafts[0]!.price.currency);
  }
  const expires_at = expiryOf(ctx, params.expires_at);
  const blank = buildSession(ctx, params);
  const session = ctx.store.checkoutSessions.insert({
    ...blank,
    ...amounts,
    expires_at,
    setup_intent: mode === 'setup' ? setupOf(ctx, params).id : null,
  });
  insertLines(ctx, session.id, drafts);
  ctx.store.checkoutFacts.insert({
    id: session.id,
    payment_intent_data: params.payment_intent_data ?? {},
    subscription_data: params.subscription_data ?? {},
    customer: params.customer ?? null,
    payment_intent: null,
    subscription: null,
    contact: null,
  });
  schedule(ctx, 'checkoutSessions', session.id, { at: expires_at });
  return session;
}

/** Source: https://docs.stripe.com/api/checkout/sessions/update. */
export function updateCheckoutSession(
  ctx: Context,
  session: Stripe.Checkout.Session,
  { metadata }: Params<typeof updateParams>,
): Stripe.Checkout.Session {
  return ctx.store.checkoutSessions.update(session.id, {
    metadata: mergeMetadata(session.metadata ?? {}, metadata),
  });
}

/**
 * Source: https://docs.stripe.com/api/checkout/sessions/expire.
 * @throws StripeFailure 400 unless it is open
 */
export function expireCheckoutSession(
  ctx: Context,
  session: Stripe.Checkout.Session,
): Stripe.Checkout.Session {
  if (session.status !== 'open') {
    throw failures.invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const after = ctx.store.checkoutSessions.update(session.id, { status: 'expired', url: null });
  schedule(ctx, 'checkoutSessions', session.id, { at: null });
  const facts = ctx.store.checkoutFacts.get(session.id);
  const attempt = facts?.payment_intent;
  if (attempt) cancelPaymentIntent(ctx, ctx.store.paymentIntents.get(attempt)!, 'automatic');
  const started = ctx.store.subscriptions.get(facts?.subscription ?? '');
  if (started) endSubscription(ctx, started, {});
  if (session.setup_intent)
    cancelSetupIntent(ctx, ctx.store.setupIntents.get(session.setup_intent as string)!);
  ctx.emit('checkout.session.expired', after);
  return after;
}

/** A session that is still open when its time is up expires by itself. */
export function expireDueCheckoutSession(ctx: Context, id: string): void {
  const session = ctx.store.checkoutSessions.get(id);
  if (session?.status === 'open') expireCheckoutSession(ctx, session);
}

function setupOf(ctx: Context, params: CreateParams): Stripe.SetupIntent {
  const { customer, allowed_payment_method_types, setup_intent_data } = params;
  return createSetupIntent(ctx, { ...setup_intent_data, customer, allowed_payment_method_types });
}

function requireParamsFitMode(ctx: Context, params: CreateParams): void {
  const { mode, customer, customer_email, success_url, cancel_url } = params;
  const misplaced: [keyof CreateParams, string][] = [
    ['payment_intent_data', 'payment'],
    ['subscription_data', 'subscription'],
    ['payment_method_collection', 'subscription'],
    ['setup_intent_data', 'setup'],
  ];
  for (const [param, itsMode] of misplaced) {
    if (params[param] !== undefined && mode !== itsMode) throw notAllowedInMode(param, mode);
  }
  if (mode === 'setup' && params.line_items) throw notAllowedInMode('line_items', mode);
  if (mode === 'subscription' && params.customer_creation) throw notAllowedInMode('customer_creation', mode);
  if (mode === 'setup' && params.currency === undefined && !params.allowed_payment_method_types) {
    throw failures.missing('currency');
  }
  if (mode !== 'setup' && !params.line_items) throw failures.missing('line_items');
  if (customer !== undefined && customer_email !== undefined) {
    throw failures.invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    });
  }
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  if (customer !== undefined && params.customer_creation) {
    throw failures.invalidRequest(
      'You may only specify one of these parameters: customer, customer_creation.',
      {
        param: 'customer_creation',
      },
    );
  }
  requireRedirectUrl(success_url, 'success_url');
  if (cancel_url !== undefined) requireRedirectUrl(cancel_url, 'cancel_url');
}

const notAllowedInMode = (param: string, mode: string) =>
  failures.invalidRequest(`You can not pass \`${param}\` in \`${mode}\` mode.`, { param });

/** Between 30 minutes and 24 hours from now: https://docs.stripe.com/api/checkout/sessions/create. */
function expiryOf(ctx: Context, expires_at: number | undefined): number {
  const now = ctx.now();
  if (expires_at === undefined) return now + DAY;
  if (expires_at < now + 30 * MINUTES) {
    throw failures.invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  if (expires_at > now + DAY) {
    throw failures.invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  return expires_at;
}

function totalsOf(
  ctx: Context,
  { subscription_data }: CreateParams,
  lines: readonly LineDraft[],
): Partial<Stripe.Checkout.Session> {
  const currency = lines[0]?.price.currency;
  if (currency === undefined) throw failures.missing('line_items[0][price]');
  requireMinimumTrial(ctx, subscription_data?.trial_end);
  const isTrial = subscription_data?.trial_end !== undefined || !!subscription_data?.trial_period_days;
  const due = lines.filter(({ price }) => !isTrial || !price.recurring);
  const total = due.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity), 0);
  requireMinimumTotal(total, currency);
  if (total > 0) requireChargeable(total, currency, 'line_items');
  return {
    amount_subtotal: total,
    amount_total: total,
    currency,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  };
}

function requireMinimumTrial(ctx: Context, trial_end: number | undefined): void {
  if (trial_end === undefined || trial_end >= ctx.now() + 2 * DAY) return;
  throw failures.invalidRequest('The `trial_end` date has to be at least 2 days in the future.', {
    param: 'subscription_data[trial_end]',
  });
}
