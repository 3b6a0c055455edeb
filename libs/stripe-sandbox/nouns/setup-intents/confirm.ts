import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { type ErrorBody, failures } from '../../http/errors.js';
import {
  failedOutcome,
  type Outcome,
  requireAcceptedType,
  requireReturnUrl,
  requireUsableByCustomer,
  RETRY_FIELDS,
  unwrapOutcome,
} from '../intents/confirmation.js';
import { toLastError, unexpectedState, withIntentOnErrors } from '../intents/intent.js';
import {
  authenticationFailure,
  requiredThreeDSecure,
  requiresActionFields,
} from '../intents/three-d-secure.js';
import { type Authorization, createMandate } from '../mandates/mandate.js';
import { cardError } from '../payment-methods/declines.js';
import { attachPaymentMethod, checkCard, testCardOf } from '../payment-methods/payment-method.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import { createSetupAttempt } from './setup-attempt.js';

/** How a setup intent is confirmed. Without a payment method the intent's own is used. */
export interface SetupConfirmation {
  paymentMethod?: Stripe.PaymentMethod;
  returnUrl?: string;
  useStripeSdk?: boolean;
  /** What authorizes later debits of a bank account. */
  authorization?: Authorization;
}

/**
 * Tries to set up: ends in succeeded or requires_action.
 * Source: https://docs.stripe.com/payments/paymentintents/lifecycle.
 * @throws StripeFailure 400 if nothing was changed, or 402 for a decline, which the intent stores
 */
export function confirmSetupIntent(
  ctx: Context,
  intent: Stripe.SetupIntent,
  confirmation: SetupConfirmation = {},
): Stripe.SetupIntent {
  return withIntentOnErrors(intent, () => unwrapOutcome(attemptSetup(ctx, intent, confirmation)));
}

/**
 * Records the result of the authentication that a setup intent waits for. A setup that fails now is not thrown: the
 * intent shows it.
 */
export function completeSetupAuthentication(
  ctx: Context,
  intent: Stripe.SetupIntent,
  isAuthenticated: boolean,
): Stripe.SetupIntent {
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  if (!isAuthenticated) return failSetup(ctx, intent, paymentMethod, authenticationFailure(intent)).intent;
  return setUpCard(ctx, intent, paymentMethod, 'challenge').intent;
}

/**
 * Checks that an intent can be confirmed, and returns the payment method to confirm it with.
 * @throws StripeFailure 400 for the wrong state, a missing or unusable payment method, or a missing return_url
 */
export function requireReadyToSetUp(
  ctx: Context,
  intent: Stripe.SetupIntent,
  confirmation: SetupConfirmation,
): Stripe.PaymentMethod {
  requireConfirmableStatus(intent);
  const own = (intent.payment_method ?? '') as string;
  const paymentMethod = confirmation.paymentMethod ?? ctx.store.paymentMethods.get(own);
  if (!paymentMethod) {
    throw unexpectedState(
      intent,
      "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  requireAcceptedType(paymentMethod, intent);
  requireUsableByCustomer(ctx, paymentMethod, intent);
  requireReturnUrl(intent, confirmation);
  return paymentMethod;
}

function requireConfirmableStatus(intent: Stripe.SetupIntent): void {
  if (intent.status === 'succeeded') {
    throw unexpectedState(intent, 'You cannot confirm this SetupIntent because it has already succeeded.');
  }
  if (intent.status === 'canceled') {
    throw unexpectedState(intent, 'You cannot confirm this SetupIntent because it has been canceled.');
  }
}

type SetupOutcome = Outcome<Stripe.SetupIntent>;

function attemptSetup(
  ctx: Context,
  intent: Stripe.SetupIntent,
  confirmation: SetupConfirmation,
): SetupOutcome {
  const paymentMethod = checkCard(ctx, requireReadyToSetUp(ctx, intent, confirmation));
  if (paymentMethod.type === 'sepa_debit') return setUpDebit(ctx, intent, paymentMethod, confirmation);
  const threeDSecure = requiredThreeDSecure(ctx, intent, paymentMethod);
  if (threeDSecure !== 'challenge') return setUpCard(ctx, intent, paymentMethod, threeDSecure);
  const attempt = createSetupAttempt(ctx, { intent, paymentMethod, status: 'requires_action' });
  const after = ctx.store.setupIntents.update(intent.id, {
    ...requiresActionFields(ctx, intent, paymentMethod, confirmation.returnUrl),
    last_setup_error: null,
    latest_attempt: attempt.id,
  });
  ctx.emit('setup_intent.requires_action', after);
  return { intent: after };
}

/** Asks the issuer, and attaches the payment method to the customer. */
function setUpCard(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  threeDSecure: ThreeDSecure | undefined,
): SetupOutcome {
  const card = testCardOf(ctx, paymentMethod.id);
  if (card.decline && !card.canAttach) return failSetup(ctx, intent, paymentMethod, cardError(card.decline));
  return succeed(ctx, intent, paymentMethod, { threeDSecure });
}

/**
 * Sets up a bank account for later debits. Source: https://docs.stripe.com/payments/sepa-debit/set-up-payment.
 * @throws StripeFailure 400 if its holder has not authorized them
 */
function setUpDebit(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  { authorization = {} }: SetupConfirmation,
): SetupOutcome {
  if (!authorization.mandateData) {
    // Stripe's message for payments, seen by others at https://github.com/laravel/cashier-stripe/issues/1515.
    throw failures.invalidRequest(
      'When confirming a SetupIntent with a `sepa_debit` PaymentMethod, `mandate_data` is required.',
      { code: 'parameter_missing', param: 'mandate_data' },
    );
  }
  const mandate = createMandate(ctx, paymentMethod, authorization.mandateData, 'multi_use').id;
  return succeed(ctx, intent, paymentMethod, { mandate });
}

function succeed(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  { threeDSecure, mandate = null }: { threeDSecure?: ThreeDSecure | undefined; mandate?: string | null },
): SetupOutcome {
  const customer = intent.customer as string | null;
  if (customer !== null) attachPaymentMethod(ctx, paymentMethod, customer);
  if (intent.usage === 'off_session') ctx.store.cardFacts.update(paymentMethod.id, { isSetUp: true });
  const attempt = createSetupAttempt(ctx, { intent, paymentMethod, threeDSecure, status: 'succeeded' });
  const after = ctx.store.setupIntents.update(intent.id, {
    last_setup_error: null,
    latest_attempt: attempt.id,
    mandate,
    next_action: null,
    payment_method: paymentMethod.id,
    status: 'succeeded',
  });
  ctx.emit('setup_intent.succeeded', after);
  return { intent: after };
}

/** Stores the error, and leaves the intent open for another payment method. */
function failSetup(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  body: ErrorBody,
): SetupOutcome {
  const error = toLastError(body, paymentMethod);
  const attempt = createSetupAttempt(ctx, { intent, paymentMethod, error, status: 'failed' });
  const after = ctx.store.setupIntents.update(intent.id, {
    ...RETRY_FIELDS,
    last_setup_error: error,
    latest_attempt: attempt.id,
  });
  ctx.emit('setup_intent.setup_failed', after);
  return failedOutcome(after, body, paymentMethod);
}
