import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { confirmParams, createParams, updateParams } from './params.js';
import { requireChargeable } from '../../money/amount-limits.js';
import { latestChargeOf, releaseCharge, shippingFrom } from '../charges/charge.js';
import {
  paymentMethodFromParams,
  paymentMethodFields,
  requireUsableByCustomer,
  withIntentOnErrors,
  unexpectedState,
} from '../intents/intent.js';
import { confirmPaymentIntent, requireReadyToConfirm, type Confirmation } from './confirm.js';
import { buildPaymentIntent, optionsFrom } from './fields.js';

type CreateParams = Params<typeof createParams>;
type UpdateParams = Params<typeof updateParams>;

/**
 * Makes a payment intent, and confirms it when told to. Source: https://docs.stripe.com/api/payment_intents/create.
 * @throws StripeFailure 400 leaving no trace, or 402 for a decline, which keeps the intent and its failed charge
 */
export function createPaymentIntent(ctx: Context, params: CreateParams): Stripe.PaymentIntent {
  const { confirm = false, customer } = params;
  if (!confirm) refuseConfirmParams(params);
  requireChargeable(params.amount, params.currency);
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  const blank = buildPaymentIntent(ctx, params);
  const given = paymentMethodFromParams(ctx, params);
  if (given) requireUsableByCustomer(ctx, given, customer ?? null, 'PaymentIntent');
  const confirmation = confirmationOf(params, given);
  if (confirm) {
    refuseSavingOffSession(params, blank);
    requireReadyToConfirm(ctx, blank, confirmation);
  }
  const isReady = given !== undefined && !confirm;
  const intent = ctx.store.paymentIntents.insert({
    ...blank,
    ...(isReady && { payment_method: given.id, status: 'requires_confirmation' }),
  });
  ctx.emit('payment_intent.created', intent);
  return confirm ? confirmPaymentIntent(ctx, intent, confirmation) : intent;
}

/**
 * Confirms as the API does, where a confirmation may change the intent too.
 * Source: https://docs.stripe.com/api/payment_intents/confirm.
 * @throws StripeFailure as `confirmPaymentIntent`
 */
export function confirmWithParams(
  ctx: Context,
  before: Stripe.PaymentIntent,
  params: Params<typeof confirmParams>,
): Stripe.PaymentIntent {
  return withIntentOnErrors({ payment_intent: before }, () => {
    const {
      error_on_requires_action: _,
      off_session: __,
      return_url: ___,
      use_stripe_sdk: ____,
      ...rest
    } = params;
    const { payment_method, payment_method_data, ...changes } = rest;
    const confirmation = confirmationOf(
      params,
      paymentMethodFromParams(ctx, { payment_method, payment_method_data }),
    );
    refuseSavingOffSession(params, before);
    requireReadyToConfirm(ctx, before, confirmation);
    const intent = Object.keys(changes).length === 0 ? before : updatePaymentIntent(ctx, before, changes);
    return confirmPaymentIntent(ctx, intent, confirmation);
  });
}

/**
 * Source: https://docs.stripe.com/api/payment_intents/update.
 * @throws StripeFailure 400 for what the intent's state, or its customer, forbids
 */
export function updatePaymentIntent(
  ctx: Context,
  before: Stripe.PaymentIntent,
  params: UpdateParams,
): Stripe.PaymentIntent {
  return withIntentOnErrors({ payment_intent: before }, () => {
    requireUpdatable(before, params);
    const { customer = before.customer as string | null } = params;
    if (params.customer !== undefined) fromParam(ctx.store.customers, params.customer, 'customer');
    requireChargeable(params.amount ?? before.amount, params.currency ?? before.currency);
    const paymentMethod = paymentMethodFromParams(ctx, params);
    if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, customer, 'PaymentIntent');
    const { payment_method: _, payment_method_data: __, metadata, shipping, ...rest } = params;
    const { payment_method_options, allowed_payment_method_types, excluded_payment_method_types, ...plain } =
      rest;
    const isChosen =
      allowed_payment_method_types !== undefined || excluded_payment_method_types !== undefined;
    return ctx.store.paymentIntents.update(before.id, {
      ...plain,
      customer,
      last_payment_error: null,
      metadata: mergeMetadata(before.metadata, metadata),
      ...(isChosen &&
        paymentMethodFields(
          { allowed_payment_method_types, excluded_payment_method_types },
          'Payment Intent',
        )),
      ...(payment_method_options && { payment_method_options: optionsFrom(payment_method_options, before) }),
      ...(shipping !== undefined && { shipping: shipping && shippingFrom(shipping) }),
      ...(paymentMethod && {
        next_action: null,
        payment_method: paymentMethod.id,
        status: 'requires_confirmation',
      }),
    });
  });
}

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_reauthorization',
  'requires_confirmation',
  'requires_action',
  'expired',
  'processing',
];

/**
 * Source: https://docs.stripe.com/api/payment_intents/cancel. Held money is let go.
 * @throws StripeFailure 400 for one that has ended
 */
export function cancelPaymentIntent(
  ctx: Context,
  before: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null = null,
): Stripe.PaymentIntent {
  return withIntentOnErrors({ payment_intent: before }, () => {
    if (!CANCELABLE.includes(before.status)) {
      throw unexpectedState(
        'payment',
        `You cannot cancel this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      );
    }
    if (before.status === 'requires_capture') releaseCharge(ctx, latestChargeOf(ctx, before));
    const after = ctx.store.paymentIntents.update(before.id, {
      amount_capturable: 0,
      canceled_at: ctx.now(before.customer as string | null),
      cancellation_reason: reason,
      next_action: null,
      status: 'canceled',
    });
    ctx.emit('payment_intent.canceled', after);
    return after;
  });
}

const OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const ALWAYS_UPDATABLE = new Set(['description', 'metadata', 'receipt_email', 'shipping', 'transfer_group']);

function requireUpdatable(intent: Stripe.PaymentIntent, params: UpdateParams): void {
  const field = Object.keys(params).find((key) => !ALWAYS_UPDATABLE.has(key));
  if (field !== undefined && !OPEN.includes(intent.status)) {
    throw unexpectedState(
      'payment',
      `This PaymentIntent's ${field} could not be updated because it has a status of ${intent.status}. You may only update the ${field} of a PaymentIntent with one of the following statuses: ${OPEN.join(', ')}.`,
      field,
    );
  }
  if (params.customer !== undefined && intent.customer !== null && params.customer !== intent.customer) {
    throw failures.invalidRequest(
      'You cannot modify `customer` on a PaymentIntent once it already has been set. To fulfill a payment with a different Customer, cancel this PaymentIntent and create a new one.',
      { param: 'customer' },
    );
  }
}

const confirmationOf = (
  params: Params<typeof confirmParams>,
  paymentMethod: Stripe.PaymentMethod | undefined,
): Confirmation => ({
  paymentMethod,
  offSession: params.off_session,
  returnUrl: params.return_url,
  useStripeSdk: params.use_stripe_sdk,
  failsOnAction: params.error_on_requires_action,
});

/** @throws StripeFailure 400 where nobody is there to agree to later payments */
function refuseSavingOffSession(
  { off_session, setup_future_usage }: Params<typeof confirmParams>,
  intent: Stripe.PaymentIntent,
): void {
  const usage = setup_future_usage === undefined ? intent.setup_future_usage : setup_future_usage;
  if (!off_session || usage === null) return;
  throw failures.invalidRequest(
    'You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the PaymentIntent because you cannot set up future usages when processing payments off-session.',
    { param: 'off_session' },
  );
}

/** @throws StripeFailure 400 for a parameter that only a confirmation takes */
function refuseConfirmParams(params: CreateParams): void {
  const only = ['off_session', 'return_url', 'error_on_requires_action'] as const;
  const given = only.find((name) => params[name] !== undefined);
  if (given === undefined) return;
  throw failures.invalidRequest(
    `This PaymentIntent's ${given} parameter can only be set when confirm is true.`,
    { param: given },
  );
}
