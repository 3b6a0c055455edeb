import type Stripe from 'stripe';
import type { Context } from '../context.js';
import { failures } from '../http/errors.js';
import { fromParam } from '../http/lookup.js';
import { mergeMetadata, type MetadataChange } from '../http/metadata.js';
import type { Params } from '../http/params.js';
import type { confirmParams, createParams, updateParams } from '../routes/payment-intents.js';
import { newClientSecret, newId } from '../store/ids.js';
import { requireChargeable } from './amount-limits.js';
import { captureCharge, releaseCharge, shippingFrom } from './charge.js';
import { openDisputes } from './dispute.js';
import { givenMethod, methodsOf, requireMayUse, showing, unexpectedState } from './intent.js';
import {
  captureMethodOf,
  confirmPaymentIntent,
  readyToConfirm,
  type Confirmation,
} from './payment-intent-confirm.js';
import { testCardOf } from './payment-method.js';

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
  const blank = blankPaymentIntent(ctx, params);
  const given = givenMethod(ctx, params);
  if (given) requireMayUse(ctx, given, customer ?? null, 'PaymentIntent');
  const confirmation = confirmationOf(params, given);
  if (confirm) readyToConfirm(ctx, blank, confirmation);
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
  return showing({ payment_intent: before }, () => {
    const {
      error_on_requires_action: _,
      off_session: __,
      return_url: ___,
      use_stripe_sdk: ____,
      ...rest
    } = params;
    const { payment_method, payment_method_data, ...changes } = rest;
    const confirmation = confirmationOf(params, givenMethod(ctx, { payment_method, payment_method_data }));
    readyToConfirm(ctx, before, confirmation);
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
  return showing({ payment_intent: before }, () => {
    requireUpdatable(before, params);
    const { customer = before.customer as string | null } = params;
    if (params.customer !== undefined) fromParam(ctx.store.customers, params.customer, 'customer');
    requireChargeable(params.amount ?? before.amount, params.currency ?? before.currency);
    const paymentMethod = givenMethod(ctx, params);
    if (paymentMethod) requireMayUse(ctx, paymentMethod, customer, 'PaymentIntent');
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
        methodsOf({ allowed_payment_method_types, excluded_payment_method_types }, 'Payment Intent')),
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
  return showing({ payment_intent: before }, () => {
    if (!CANCELABLE.includes(before.status)) {
      throw unexpectedState(
        'payment',
        `You cannot cancel this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      );
    }
    if (before.status === 'requires_capture') releaseCharge(ctx, chargeOf(ctx, before));
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

/**
 * Takes the money that is held, or a part of it. Source: https://docs.stripe.com/api/payment_intents/capture.
 * @throws StripeFailure 400 when nothing is held, or less than is asked for
 */
export function capturePaymentIntent(
  ctx: Context,
  before: Stripe.PaymentIntent,
  amountMinor: number = before.amount_capturable,
  metadata?: MetadataChange,
): Stripe.PaymentIntent {
  return showing({ payment_intent: before }, () => {
    requireCapturable(before, amountMinor);
    const charge = captureCharge(ctx, chargeOf(ctx, before), amountMinor);
    openDisputes(ctx, charge, testCardOf(ctx, before.payment_method as string));
    const after = ctx.store.paymentIntents.update(before.id, {
      amount_capturable: 0,
      amount_received: amountMinor,
      metadata: mergeMetadata(before.metadata, metadata),
      status: 'succeeded',
    });
    ctx.emit('payment_intent.succeeded', after);
    return after;
  });
}

function requireCapturable(intent: Stripe.PaymentIntent, amountMinor: number): void {
  const { status, amount_capturable } = intent;
  if (status === 'succeeded') {
    throw unexpectedState(
      'payment',
      captureMethodOf(intent) === 'manual'
        ? 'This PaymentIntent could not be captured because it has already been captured.'
        : 'The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released.',
    );
  }
  if (status !== 'requires_capture') {
    throw unexpectedState(
      'payment',
      `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  if (amountMinor < 1) throw failures.tooSmall('amount', 1);
  if (amountMinor > amount_capturable) {
    throw failures.invalidRequest(
      'The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.',
      { code: 'amount_too_large' },
    );
  }
}

const OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const ALWAYS_UPDATABLE = ['description', 'metadata', 'receipt_email', 'shipping', 'transfer_group'];

function requireUpdatable(intent: Stripe.PaymentIntent, params: UpdateParams): void {
  const field = Object.keys(params).find((key) => !ALWAYS_UPDATABLE.includes(key));
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

const chargeOf = (ctx: Context, { latest_charge }: Stripe.PaymentIntent): Stripe.Charge =>
  ctx.store.charges.get(latest_charge as string)!;

function blankPaymentIntent(ctx: Context, params: CreateParams): Stripe.PaymentIntent {
  const id = newId('paymentIntent');
  const { customer = null, shipping, metadata } = params;
  return {
    id,
    object: 'payment_intent',
    amount: params.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: newClientSecret(id),
    confirmation_method: params.confirmation_method ?? 'automatic',
    created: ctx.now(customer),
    currency: params.currency,
    customer,
    customer_account: null,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    ...methodsOf(params, 'Payment Intent'),
    payment_method_options: optionsFrom(params.payment_method_options),
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shipping ? shippingFrom(shipping) : null,
    source: null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: params.transfer_group ?? null,
  };
}

const CARD_OPTIONS: Stripe.PaymentIntent.PaymentMethodOptions.Card = {
  installments: null,
  mandate_options: null,
  network: null,
  request_three_d_secure: 'automatic',
};

function optionsFrom(
  given: CreateParams['payment_method_options'],
  before?: Stripe.PaymentIntent,
): Stripe.PaymentIntent.PaymentMethodOptions {
  const { capture_method, setup_future_usage, ...card } = given?.card ?? {};
  return {
    card: {
      ...CARD_OPTIONS,
      ...before?.payment_method_options?.card,
      ...card,
      ...(capture_method !== undefined && { capture_method: capture_method ?? undefined }),
      ...(setup_future_usage !== undefined && { setup_future_usage: setup_future_usage ?? undefined }),
    },
  };
}
