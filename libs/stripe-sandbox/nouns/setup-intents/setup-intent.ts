import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { failures } from '../../http/errors.js';
import { fromParam } from '../../http/lookup.js';
import { mergeMetadata } from '../../http/metadata.js';
import type { Params } from '../../http/params.js';
import { newClientSecret, newId } from '../../store/ids.js';
import { paymentMethodFromParams, requireUsableByCustomer } from '../intents/confirmation.js';
import { OPEN_STATUSES, requireUpdatable, unexpectedState, withIntentOnErrors } from '../intents/intent.js';
import { choosesTypes, paymentMethodFields } from '../intents/payment-method-types.js';
import { confirmSetupIntent, requireReadyToSetUp, type SetupConfirmation } from './confirm.js';
import type { confirmParams, createParams, updateParams } from './params.js';

type CreateParams = Params<typeof createParams>;

const ALWAYS_UPDATABLE = new Set(['description', 'metadata']);

/**
 * Creates a setup intent, and confirms it if `confirm` is set.
 * Source: https://docs.stripe.com/api/setup_intents/create.
 * @throws StripeFailure 400 if nothing was created, or 402 for a decline, which leaves the intent
 */
export function createSetupIntent(ctx: Context, params: CreateParams): Stripe.SetupIntent {
  const { confirm = false, customer } = params;
  for (const param of ['return_url', 'mandate_data'] as const) {
    if (confirm || params[param] === undefined) continue;
    throw failures.invalidRequest(`\`${param}\` can only be set when \`confirm\` is true.`, { param });
  }
  if (customer !== undefined) fromParam(ctx.store.customers, customer, 'customer');
  const draft = buildSetupIntent(ctx, params);
  const paymentMethod = paymentMethodFromParams(ctx, params);
  if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, draft);
  const confirmation = confirmationFrom(params, paymentMethod);
  if (confirm) requireReadyToSetUp(ctx, draft, confirmation);
  const awaitsConfirmation = paymentMethod !== undefined && !confirm;
  const intent = ctx.store.setupIntents.insert({
    ...draft,
    ...(awaitsConfirmation && { payment_method: paymentMethod.id, status: 'requires_confirmation' }),
  });
  ctx.emit('setup_intent.created', intent);
  return confirm ? confirmSetupIntent(ctx, intent, confirmation) : intent;
}

/**
 * Confirms an intent with the parameters of a request, which may update the intent too.
 * Source: https://docs.stripe.com/api/setup_intents/confirm.
 * @throws StripeFailure as `confirmSetupIntent`
 */
export function confirmSetupWithParams(
  ctx: Context,
  before: Stripe.SetupIntent,
  params: Params<typeof confirmParams>,
): Stripe.SetupIntent {
  return withIntentOnErrors(before, () => {
    const confirmation = confirmationFrom(params, paymentMethodFromParams(ctx, params));
    requireReadyToSetUp(ctx, { ...before, ...changedTypes(params) }, confirmation);
    const { allowed_payment_method_types, payment_method_options } = params;
    const intent = updateSetupIntent(ctx, before, { allowed_payment_method_types, payment_method_options });
    return confirmSetupIntent(ctx, intent, confirmation);
  });
}

/**
 * Source: https://docs.stripe.com/api/setup_intents/update.
 * @throws StripeFailure 400 for what the intent's state, or its customer, forbids
 */
export function updateSetupIntent(
  ctx: Context,
  before: Stripe.SetupIntent,
  params: Params<typeof updateParams>,
): Stripe.SetupIntent {
  return withIntentOnErrors(before, () => {
    requireUpdatable(before, params, ALWAYS_UPDATABLE);
    const { customer = before.customer as string | null } = params;
    if (params.customer !== undefined) fromParam(ctx.store.customers, params.customer, 'customer');
    const paymentMethod = paymentMethodFromParams(ctx, params);
    if (paymentMethod) requireUsableByCustomer(ctx, paymentMethod, { object: before.object, customer });
    const { description, metadata, payment_method_options } = params;
    return ctx.store.setupIntents.update(before.id, {
      customer,
      metadata: mergeMetadata(before.metadata ?? {}, metadata),
      ...(description !== undefined && { description }),
      ...changedTypes(params),
      ...(payment_method_options && { payment_method_options: optionsFrom(payment_method_options) }),
      ...(paymentMethod && {
        next_action: null,
        payment_method: paymentMethod.id,
        status: 'requires_confirmation',
      }),
    });
  });
}

/** The types of payment method that an update chooses, if it does. */
const changedTypes = (params: Params<typeof updateParams>): Partial<Stripe.SetupIntent> =>
  choosesTypes(params) ? paymentMethodFields(params, {}, 'Setup Intent') : {};

/**
 * Source: https://docs.stripe.com/api/setup_intents/cancel.
 * @throws StripeFailure 400 for an intent that has succeeded or is canceled
 */
export function cancelSetupIntent(
  ctx: Context,
  before: Stripe.SetupIntent,
  reason: Stripe.SetupIntent.CancellationReason | null = null,
): Stripe.SetupIntent {
  return withIntentOnErrors(before, () => {
    if (before.status === 'canceled') {
      throw unexpectedState(before, 'You cannot cancel this SetupIntent because it is already canceled.');
    }
    if (!OPEN_STATUSES.includes(before.status)) {
      throw unexpectedState(
        before,
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

const confirmationFrom = (
  { mandate_data, return_url, use_stripe_sdk }: Params<typeof confirmParams>,
  paymentMethod: Stripe.PaymentMethod | undefined,
): SetupConfirmation => ({
  paymentMethod,
  returnUrl: return_url,
  useStripeSdk: use_stripe_sdk,
  authorization: { mandateData: mandate_data ?? undefined },
});

/**
 * A new intent from its parameters, without a payment method.
 * Source: https://docs.stripe.com/api/setup_intents/object.
 */
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
    ...paymentMethodFields(params, {}, 'Setup Intent'),
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
