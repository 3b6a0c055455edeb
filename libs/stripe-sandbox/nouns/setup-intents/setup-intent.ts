import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { fromParam } from '../../http/lookup.js';
import { failures } from '../../http/errors.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import type { confirmParams, createParams, updateParams } from './params.js';
import { newClientSecret, newId } from '../../store/ids.js';
import {
  paymentMethodFromParams,
  paymentMethodFields,
  requireUsableByCustomer,
  withIntentOnErrors,
  unexpectedState,
} from '../intents/intent.js';
import { confirmSetupIntent, requireReadyToSetUp, type SetupConfirmation } from './confirm.js';

type CreateParams = Params<typeof createParams>;

/**
 * Makes a setup intent, and confirms it when told to. Source: https://docs.stripe.com/api/setup_intents/create.
 * @throws StripeFailure 400 leaving no trace, or 402 for a decline, which keeps the intent
 */
export function createSetupIntent(ctx: Context, params: CreateParams): Stripe.SetupIntent {
  const { confirm = false, customer } = params;
  if (!confirm && params.return_url !== undefined) {
    throw failures.invalidRequest('`return_url` can only be set when `confirm` is true.', {
      param: 'return_url',
    });
  }
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  const blank = buildSetupIntent(ctx, params);
  const given = paymentMethodFromParams(ctx, params);
  if (given) requireUsableByCustomer(ctx, given, customer ?? null, 'SetupIntent');
  const confirmation = confirmationOf(params, given);
  if (confirm) requireReadyToSetUp(ctx, blank, confirmation);
  const isReady = given !== undefined && !confirm;
  const intent = ctx.store.setupIntents.insert({
    ...blank,
    ...(isReady && { payment_method: given.id, status: 'requires_confirmation' }),
  });
  ctx.emit('setup_intent.created', intent);
  return confirm ? confirmSetupIntent(ctx, intent, confirmation) : intent;
}

/**
 * Confirms as the API does, where a confirmation may change the intent too.
 * Source: https://docs.stripe.com/api/setup_intents/confirm.
 * @throws StripeFailure as `confirmSetupIntent`
 */
export function confirmSetupWithParams(
  ctx: Context,
  before: Stripe.SetupIntent,
  params: Params<typeof confirmParams>,
): Stripe.SetupIntent {
  return withIntentOnErrors({ setup_intent: before }, () => {
    const confirmation = confirmationOf(params, paymentMethodFromParams(ctx, params));
    requireReadyToSetUp(ctx, before, confirmation);
    const { allowed_payment_method_types, payment_method_options } = params;
    return confirmSetupIntent(
      ctx,
      updateSetupIntent(ctx, before, { allowed_payment_method_types, payment_method_options }),
      confirmation,
    );
  });
}

const OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/**
 * Source: https://docs.stripe.com/api/setup_intents/update.
 * @throws StripeFailure 400 for what the intent's state, or its customer, forbids
 */
export function updateSetupIntent(
  ctx: Context,
  before: Stripe.SetupIntent,
  params: Params<typeof updateParams>,
): Stripe.SetupIntent {
  return withIntentOnErrors({ setup_intent: before }, () => {
    const { customer = before.customer as string | null, metadata, payment_method_options, ...rest } = params;
    requireUpdatable(before, params);
    if (params.customer !== undefined) fromParam(ctx.store.customers, params.customer, 'customer');
    const paymentMethod = paymentMethodFromParams(ctx, params);
    if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, customer, 'SetupIntent');
    const {
      allowed_payment_method_types: allowed,
      excluded_payment_method_types: excluded,
      description,
    } = rest;
    const isChosen = allowed !== undefined || excluded !== undefined;
    const choice = { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded };
    return ctx.store.setupIntents.update(before.id, {
      customer,
      metadata: mergeMetadata(before.metadata ?? {}, metadata),
      ...(description !== undefined && { description }),
      ...(isChosen && paymentMethodFields(choice, 'Setup Intent')),
      ...(payment_method_options && { payment_method_options: optionsFrom(payment_method_options) }),
      ...(paymentMethod && {
        next_action: null,
        payment_method: paymentMethod.id,
        status: 'requires_confirmation',
      }),
    });
  });
}

/**
 * Source: https://docs.stripe.com/api/setup_intents/cancel.
 * @throws StripeFailure 400 for one that has ended
 */
export function cancelSetupIntent(
  ctx: Context,
  before: Stripe.SetupIntent,
  reason: Stripe.SetupIntent.CancellationReason | null = null,
): Stripe.SetupIntent {
  return withIntentOnErrors({ setup_intent: before }, () => {
    if (before.status === 'canceled') {
      const message = 'You cannot cancel this SetupIntent because it is already canceled.';
      throw unexpectedState('setup', message);
    }
    if (!OPEN.includes(before.status)) {
      throw unexpectedState(
        'setup',
        `You cannot cancel this SetupIntent because it has a status of ${before.status}. Only a SetupIntent with one of the following statuses may be canceled: \`requires_payment_method\`, \`requires_confirmation\`, or \`requires_action\`.`,
      );
    }
    const after = ctx.store.setupIntents.update(before.id, {
      cancellation_reason: reason,
      next_action: null,
      status: 'canceled',
    });
    ctx.emit('setup_intent.canceled', after);
    return after;
  });
}

function requireUpdatable(intent: Stripe.SetupIntent, params: Params<typeof updateParams>): void {
  const field = Object.keys(params).find((key) => !['description', 'metadata'].includes(key));
  if (field !== undefined && !OPEN.includes(intent.status)) {
    throw unexpectedState(
      'setup',
      `This SetupIntent's ${field} could not be updated because it has a status of ${intent.status}. You may only update the ${field} of a SetupIntent with one of the following statuses: ${OPEN.join(', ')}.`,
      field,
    );
  }
  if (params.customer !== undefined && intent.customer !== null && params.customer !== intent.customer) {
    throw failures.invalidRequest(
      'You cannot modify `customer` on a SetupIntent once it already has been set. To use a different Customer, cancel this SetupIntent and create a new one.',
      { param: 'customer' },
    );
  }
}

const confirmationOf = (
  { return_url, use_stripe_sdk }: { return_url?: string; use_stripe_sdk?: boolean },
  paymentMethod: Stripe.PaymentMethod | undefined,
): SetupConfirmation => ({ paymentMethod, returnUrl: return_url, useStripeSdk: use_stripe_sdk });

function buildSetupIntent(ctx: Context, params: CreateParams): Stripe.SetupIntent {
  const id = newId('setupIntent');
  const { customer = null, description = null, metadata, usage = 'off_session' } = params;
  return {
    id,
    object: 'setup_intent',
    application: null,
    cancellation_reason: null,
    client_secret: newClientSecret(id),
    created: ctx.now(customer),
    customer,
    customer_account: null,
    description,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: mergeMetadata({}, metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    ...paymentMethodFields(params, 'Setup Intent'),
    payment_method_options: optionsFrom(params.payment_method_options),
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage,
  };
}

const optionsFrom = (
  given: CreateParams['payment_method_options'],
): Stripe.SetupIntent.PaymentMethodOptions => ({
  card: { mandate_options: null, network: null, request_three_d_secure: 'automatic', ...given?.card },
});
