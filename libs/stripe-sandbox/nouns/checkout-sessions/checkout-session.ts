import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { requireChargeable } from '../../money/amount-limits.js';
import { cancelPaymentIntent } from '../payment-intents/payment-intent.js';
import { amountOf } from '../prices/price.js';
import { cancelSetupIntent, createSetupIntent } from '../setup-intents/setup-intent.js';
import { endSubscription } from '../subscriptions/lifecycle.js';
import { requireSubscriber } from '../subscriptions/subscription.js';
import {
  insertSessionDiscount,
  isTrialOf,
  readSessionDiscount,
  sessionAmounts,
  shownDiscounts,
} from './discounts.js';
import { buildSession } from './fields.js';
import { insertLineItems, type LineItemDraft, readLineItems } from './line-items.js';
import type { createParams, updateParams } from './params.js';
import { withRecoveryUrl } from './recovery.js';
import { requireRedirectUrl } from './redirect-urls.js';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 24 * 60 * MINUTE_SECONDS;

type CreateParams = Params<typeof createParams>;

/**
 * Source: https://docs.stripe.com/api/checkout/sessions/create.
 * @throws StripeFailure 400 for parameters that do not go together or do not fit the mode
 */
export function createCheckoutSession(ctx: Context, params: CreateParams): Stripe.Checkout.Session {
  const { mode } = params;
  requireParamsFitMode(ctx, params);
  const lineItems =
    mode === 'setup' ? [] : readLineItems(ctx, params.line_items ?? [], { mode, currency: params.currency });
  const totals = mode === 'setup' ? null : totalsOf(ctx, params, lineItems);
  if (mode === 'subscription' && params.customer !== undefined) {
    requireSubscriber(ctx, params.customer, lineItems[0]!.price.currency);
  }
  const expires_at = readExpiry(ctx, params.expires_at);
  const built = buildSession(ctx, params, totals?.amounts.currency ?? params.currency);
  if (built.payment_method_types.includes('customer_balance') && params.customer === undefined) {
    throw failures.invalidRequest('A session that takes `customer_balance` requires a customer.', {
      code: 'parameter_missing',
      param: 'customer',
    });
  }
  const session = ctx.store.checkoutSessions.insert({
    ...built,
    ...totals?.amounts,
    expires_at,
    setup_intent: mode === 'setup' ? createSetup(ctx, params, built).id : null,
  });
  insertLineItems(ctx, session.id, lineItems, totals?.lineDiscounts ?? []);
  const redemption = totals?.redemption;
  ctx.store.checkoutFacts.insert({
    id: session.id,
    payment_intent_data: params.payment_intent_data ?? {},
    payment_method_options: params.payment_method_options,
    subscription_data: params.subscription_data ?? {},
    customer: params.customer ?? null,
    savesName: params.customer_update?.name === 'auto',
    savesAddress: params.customer_update?.address === 'auto',
    savesShipping: params.customer_update?.shipping === 'auto',
    allow_redisplay: params.payment_method_data?.allow_redisplay,
    recovery: params.after_expiration?.recovery?.enabled ? params : undefined,
    payment_intent: null,
    subscription: null,
    discount: redemption ? insertSessionDiscount(ctx, session, redemption) : null,
    contact: null,
  });
  schedule(ctx, 'checkoutSessions', session.id, { at: expires_at });
  return session;
}

/**
 * A new session that is a copy of an expired one.
 * Source: https://docs.stripe.com/payments/checkout/abandoned-carts.
 * @throws StripeFailure 400 for what can't be bought any more
 */
export function recoverCheckoutSession(
  ctx: Context,
  expired: Stripe.Checkout.Session,
): Stripe.Checkout.Session {
  const {
    after_expiration: _once,
    expires_at: _past,
    ...params
  } = ctx.store.checkoutFacts.get(expired.id)!.recovery!;
  const { allow_promotion_codes } = expired.after_expiration!.recovery!;
  const { id } = createCheckoutSession(ctx, {
    ...params,
    ...(params.discounts === undefined && { allow_promotion_codes }),
  });
  return ctx.store.checkoutSessions.update(id, { recovered_from: expired.id });
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
 * Expires a session, and cancels what its attempts created.
 * Source: https://docs.stripe.com/api/checkout/sessions/expire.
 * @throws StripeFailure 400 unless the session is open
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
  const after = ctx.store.checkoutSessions.update(session.id, {
    after_expiration: withRecoveryUrl(ctx, session),
    status: 'expired',
    url: null,
  });
  schedule(ctx, 'checkoutSessions', session.id, { at: null });
  const facts = ctx.store.checkoutFacts.get(session.id);
  const paymentIntent = ctx.store.paymentIntents.get(facts?.payment_intent ?? '');
  if (paymentIntent) cancelPaymentIntent(ctx, paymentIntent, 'automatic');
  const subscription = ctx.store.subscriptions.get(facts?.subscription ?? '');
  if (subscription) endSubscription(ctx, subscription, {});
  const setupIntent = ctx.store.setupIntents.get((session.setup_intent as string | null) ?? '');
  if (setupIntent) cancelSetupIntent(ctx, setupIntent);
  ctx.emit('checkout.session.expired', after);
  return after;
}

/** Expires a session at its `expires_at` if it is still open. */
export function expireDueCheckoutSession(ctx: Context, id: string): void {
  const session = ctx.store.checkoutSessions.get(id);
  if (session?.status === 'open') expireCheckoutSession(ctx, session);
}

function createSetup(
  ctx: Context,
  { allowed_payment_method_types, customer, setup_intent_data }: CreateParams,
  { payment_method_types }: Pick<Stripe.Checkout.Session, 'payment_method_types'>,
): Stripe.SetupIntent {
  const intent = createSetupIntent(ctx, { ...setup_intent_data, customer, allowed_payment_method_types });
  return ctx.store.setupIntents.update(intent.id, { payment_method_types });
}

/** The parameters that only one mode accepts. */
const ONE_MODE_PARAMS: [keyof CreateParams, CreateParams['mode']][] = [
  ['payment_intent_data', 'payment'],
  ['subscription_data', 'subscription'],
  ['payment_method_collection', 'subscription'],
  ['setup_intent_data', 'setup'],
  ['invoice_creation', 'payment'],
];

const NOT_IN_SETUP = [
  'line_items',
  'discounts',
  'allow_promotion_codes',
  'saved_payment_method_options',
  'shipping_address_collection',
] as const;

function requireParamsFitMode(ctx: Context, params: CreateParams): void {
  const { mode, customer, customer_email, success_url, cancel_url } = params;
  for (const [param, onlyMode] of ONE_MODE_PARAMS) {
    if (params[param] !== undefined && mode !== onlyMode) throw notAllowedInMode(param, mode);
  }
  for (const param of NOT_IN_SETUP) {
    if (mode === 'setup' && params[param]) throw notAllowedInMode(param, mode);
  }
  if (mode === 'subscription' && params.customer_creation) throw notAllowedInMode('customer_creation', mode);
  const listsTypes = params.allowed_payment_method_types ?? params.payment_method_types;
  if (mode === 'setup' && params.currency === undefined && !listsTypes) {
    throw failures.missing('currency');
  }
  if (mode !== 'setup' && !params.line_items) throw failures.missing('line_items');
  if (customer !== undefined && customer_email !== undefined) {
    throw failures.invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    });
  }
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  if (customer === undefined && params.customer_update) {
    throw failures.invalidRequest('`customer_update` can only be used with `customer`.', {
      param: 'customer_update',
    });
  }
  if (customer !== undefined && params.customer_creation) {
    throw failures.invalidRequest(
      'You may only specify one of these parameters: customer, customer_creation.',
      { param: 'customer_creation' },
    );
  }
  requireRedirectUrl(success_url, 'success_url');
  if (cancel_url !== undefined) requireRedirectUrl(cancel_url, 'cancel_url');
}

const notAllowedInMode = (param: string, mode: string) =>
  failures.invalidRequest(`You can not pass \`${param}\` in \`${mode}\` mode.`, { param });

/** Between 30 minutes and 24 hours from now. Source: https://docs.stripe.com/api/checkout/sessions/create. */
function readExpiry(ctx: Context, expires_at: number | undefined): number {
  const now = ctx.now();
  if (expires_at === undefined) return now + DAY_SECONDS;
  if (expires_at < now + 30 * MINUTE_SECONDS) {
    throw failures.invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  if (expires_at > now + DAY_SECONDS) {
    throw failures.invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  return expires_at;
}

function totalsOf(ctx: Context, params: CreateParams, lineItems: readonly LineItemDraft[]) {
  const currency = lineItems[0]?.price.currency;
  if (currency === undefined) throw failures.missing('line_items[0][price]');
  requireMinimumTrial(ctx, params.subscription_data?.trial_end);
  const amountMinor = lineItems.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity), 0);
  const redemption = readSessionDiscount(ctx, params, { currency, amountMinor });
  const isTrial = isTrialOf(params.subscription_data);
  const { amounts, lineDiscounts } = sessionAmounts(lineItems, redemption?.terms, { currency, isTrial });
  if (amounts.amount_total! > 0) requireChargeable(amounts.amount_total!, currency, 'line_items');
  return {
    amounts: { ...amounts, currency, discounts: shownDiscounts(redemption) },
    lineDiscounts,
    redemption,
  };
}

function requireMinimumTrial(ctx: Context, trial_end: number | undefined): void {
  if (trial_end === undefined || trial_end >= ctx.now() + 2 * DAY_SECONDS) return;
  throw failures.invalidRequest('The `trial_end` date has to be at least 2 days in the future.', {
    param: 'subscription_data[trial_end]',
  });
}
