import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { requireChargeable } from '../../money/amount-limits.js';
import { omit } from '../../omit.js';
import { latestChargeOf, releaseCharge, shippingFrom } from '../charges/charge.js';
import { paymentMethodFromParams, requireUsableByCustomer } from '../intents/confirmation.js';
import { requireUpdatable, unexpectedState, withIntentOnErrors } from '../intents/intent.js';
import { choosesTypes, paymentMethodFields } from '../intents/payment-method-types.js';
import { type Confirmation, confirmPaymentIntent, requireReadyToConfirm } from './confirm.js';
import { buildPaymentIntent, optionsFrom } from './fields.js';
import { instructionsOf, releaseCash } from './transfer.js';
import type { confirmParams, createParams, updateParams } from './params.js';

type CreateParams = Params<typeof createParams>;
type ConfirmParams = Params<typeof confirmParams>;

const CANCELABLE_STATUSES = [
  'requires_payment_method',
  'requires_capture',
  'requires_reauthorization',
  'requires_confirmation',
  'requires_action',
  'expired',
  'processing',
];

const ALWAYS_UPDATABLE = new Set(['description', 'metadata', 'receipt_email', 'shipping', 'transfer_group']);

/**
 * Creates a payment intent, and confirms it if `confirm` is set.
 * Source: https://docs.stripe.com/api/payment_intents/create.
 * @throws StripeFailure 400 if nothing was created, or 402 for a decline, which leaves the intent and its failed charge
 */
export function createPaymentIntent(ctx: Context, params: CreateParams): Stripe.PaymentIntent {
  const { confirm = false, customer } = params;
  if (!confirm) rejectConfirmParams(params);
  requireChargeable(params.amount, params.currency);
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  const draft = buildPaymentIntent(ctx, params);
  const paymentMethod = paymentMethodFromParams(ctx, params);
  if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, draft);
  const confirmation = confirmationFrom(params, paymentMethod);
  if (confirm) {
    rejectSavingOffSession(params, draft);
    requireReadyToConfirm(ctx, draft, confirmation);
  }
  const awaitsConfirmation = paymentMethod !== undefined && !confirm;
  const intent = ctx.store.paymentIntents.insert({
    ...draft,
    ...(awaitsConfirmation && { payment_method: paymentMethod.id, status: 'requires_confirmation' }),
  });
  ctx.emit('payment_intent.created', intent);
  return confirm ? confirmPaymentIntent(ctx, intent, confirmation) : intent;
}

/**
 * Confirms an intent with the parameters of a request, which may update the intent too.
 * Source: https://docs.stripe.com/api/payment_intents/confirm.
 * @throws StripeFailure as `confirmPaymentIntent`
 */
export function confirmWithParams(
  ctx: Context,
  before: Stripe.PaymentIntent,
  params: ConfirmParams,
): Stripe.PaymentIntent {
  return withIntentOnErrors(before, () => {
    const confirmation = confirmationFrom(params, paymentMethodFromParams(ctx, params));
    const changes = omit(
      params,
      'error_on_requires_action',
      'mandate',
      'mandate_data',
      'off_session',
      'payment_method',
      'payment_method_data',
      'return_url',
      'use_stripe_sdk',
    );
    rejectSavingOffSession(params, before);
    requireReadyToConfirm(ctx, { ...before, ...changedTypes(before, changes) }, confirmation);
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
  params: Params<typeof updateParams>,
): Stripe.PaymentIntent {
  return withIntentOnErrors(before, () => {
    requireUpdatable(before, params, ALWAYS_UPDATABLE);
    const { customer = before.customer as string | null } = params;
    if (params.customer !== undefined) fromParam(ctx.store.customers, params.customer, 'customer');
    requireChargeable(params.amount ?? before.amount, params.currency ?? before.currency);
    const paymentMethod = paymentMethodFromParams(ctx, params);
    if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, { object: before.object, customer });
    const { metadata, payment_method_options, shipping, ...plain } = omit(
      params,
      'allowed_payment_method_types',
      'excluded_payment_method_types',
      'payment_method',
      'payment_method_data',
      'payment_method_types',
    );
    const isPaidAnew = paymentMethod ?? params.amount ?? params.currency;
    const endsTransfer = instructionsOf(before) && isPaidAnew !== undefined;
    if (endsTransfer) releaseCash(ctx, before);
    return ctx.store.paymentIntents.update(before.id, {
      ...plain,
      customer,
      last_payment_error: null,
      metadata: mergeMetadata(before.metadata, metadata),
      ...changedTypes(before, params),
      ...(payment_method_options && {
        payment_method_options: optionsFrom(payment_method_options, before.payment_method_options),
      }),
      ...(shipping !== undefined && { shipping: shipping && shippingFrom(shipping) }),
      ...((paymentMethod || endsTransfer) && {
        next_action: null,
        payment_method: paymentMethod?.id ?? before.payment_method,
        status: 'requires_confirmation',
      }),
    });
  });
}

/** The types of payment method that an update chooses, if it does. */
function changedTypes(
  before: Stripe.PaymentIntent,
  params: Params<typeof updateParams>,
): Partial<Stripe.PaymentIntent> {
  if (!choosesTypes(params)) return {};
  const currency = params.currency ?? before.currency;
  const captureMethod = params.capture_method ?? before.capture_method;
  return paymentMethodFields(params, { currency, captureMethod, isPayment: true }, 'Payment Intent');
}

/**
 * Cancels an intent and releases the money it holds. Source: https://docs.stripe.com/api/payment_intents/cancel.
 * @throws StripeFailure 400 for an intent that has succeeded or is canceled
 */
export function cancelPaymentIntent(
  ctx: Context,
  before: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null = null,
): Stripe.PaymentIntent {
  return withIntentOnErrors(before, () => {
    // Stripe cancels a payment that is processing only in rare cases; a debit is on its way to the bank.
    if (!CANCELABLE_STATUSES.includes(before.status) || before.status === 'processing') {
      throw unexpectedState(
        before,
        `You cannot cancel this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE_STATUSES.join(', ')}.`,
      );
    }
    releaseCash(ctx, before);
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

const confirmationFrom = (
  params: ConfirmParams,
  paymentMethod: Stripe.PaymentMethod | undefined,
): Confirmation => ({
  paymentMethod,
  offSession: params.off_session,
  returnUrl: params.return_url,
  useStripeSdk: params.use_stripe_sdk,
  failsOnAction: params.error_on_requires_action,
  authorization: { mandate: params.mandate, mandateData: params.mandate_data ?? undefined },
});

/** @throws StripeFailure 400 for saving a payment method while the cardholder is absent and cannot agree */
function rejectSavingOffSession(
  { off_session, setup_future_usage }: ConfirmParams,
  intent: Stripe.PaymentIntent,
): void {
  const usage = setup_future_usage === undefined ? intent.setup_future_usage : setup_future_usage;
  if (!off_session || usage === null) return;
  throw failures.invalidRequest(
    'You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the PaymentIntent because you cannot set up future usages when processing payments off-session.',
    { param: 'off_session' },
  );
}

/** @throws StripeFailure 400 for a parameter that only a confirmation accepts */
function rejectConfirmParams(params: CreateParams): void {
  const confirmOnly = [
    'off_session',
    'return_url',
    'error_on_requires_action',
    'mandate',
    'mandate_data',
  ] as const;
  const given = confirmOnly.find((name) => params[name] !== undefined && params[name] !== false);
  if (given === undefined) return;
  throw failures.invalidRequest(
    `This PaymentIntent's ${given} parameter can only be set when confirm is true.`,
    { param: given },
  );
}
