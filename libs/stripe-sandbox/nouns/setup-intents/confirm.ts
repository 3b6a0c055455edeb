import type Stripe from 'stripe';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import type { Context } from '../../context.js';
import { cardError } from '../payment-methods/declines.js';
import { StripeFailure, type ErrorBody } from '../../http/errors.js';
import {
  authenticationAction,
  toLastError,
  requireUsableByCustomer,
  requireReturnUrl,
  withIntentOnErrors,
  requiredThreeDSecure,
  unexpectedState,
} from '../intents/intent.js';
import { attachPaymentMethod, testCardOf } from '../payment-methods/payment-method.js';
import { createSetupAttempt } from './setup-attempt.js';

/** How a setup intent is confirmed; without a payment method, with the intent's own. */
export interface SetupConfirmation {
  paymentMethod?: Stripe.PaymentMethod;
  returnUrl?: string;
  useStripeSdk?: boolean;
}

/** How an attempt ended: the intent as it is now, and the error if it failed. */
interface Outcome {
  intent: Stripe.SetupIntent;
  failure?: StripeFailure;
}

/**
 * Tries to set up: ends in succeeded or requires_action.
 * Source: https://docs.stripe.com/payments/paymentintents/lifecycle.
 * @throws StripeFailure 400 changing nothing, or 402 for a decline, which is kept on the intent
 */
export function confirmSetupIntent(
  ctx: Context,
  intent: Stripe.SetupIntent,
  confirmation: SetupConfirmation = {},
): Stripe.SetupIntent {
  return withIntentOnErrors({ setup_intent: intent }, () => {
    const paymentMethod = requireReadyToSetUp(ctx, intent, confirmation);
    const card = testCardOf(ctx, paymentMethod.id);
    const threeDSecure = requiredThreeDSecure(ctx, intent, paymentMethod.id, card);
    if (threeDSecure === 'challenge') {
      const attempt = createSetupAttempt(ctx, { intent, paymentMethod, status: 'requires_action' });
      const after = ctx.store.setupIntents.update(intent.id, {
        last_setup_error: null,
        latest_attempt: attempt.id,
        next_action: authenticationAction(ctx, intent.id, confirmation.returnUrl),
        payment_method: paymentMethod.id,
        status: 'requires_action',
      });
      ctx.emit('setup_intent.requires_action', after);
      return after;
    }
    const { intent: after, failure } = setUp(ctx, intent, paymentMethod, threeDSecure);
    if (failure) throw failure;
    return after;
  });
}

/** Ends the authentication that a setup intent waits for. It does not throw: how it went is in the intent. */
export function completeSetupAuthentication(
  ctx: Context,
  intent: Stripe.SetupIntent,
  succeeded: boolean,
): Stripe.SetupIntent {
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  if (succeeded) return setUp(ctx, intent, paymentMethod, 'challenge').intent;
  return refuse(ctx, intent, paymentMethod, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this SetupIntent again.',
  }).intent;
}

/**
 * The payment method that a confirmation is for, if it may go ahead.
 * @throws StripeFailure 400 for the wrong state, no payment method or not a usable one, or no return_url
 */
export function requireReadyToSetUp(
  ctx: Context,
  intent: Stripe.SetupIntent,
  { paymentMethod: given, returnUrl, useStripeSdk }: SetupConfirmation,
): Stripe.PaymentMethod {
  requireConfirmable(intent);
  const paymentMethod = given ?? ctx.store.paymentMethods.get((intent.payment_method ?? '') as string);
  if (!paymentMethod) {
    throw unexpectedState(
      'setup',
      "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  requireUsableByCustomer(ctx, paymentMethod, intent.customer as string | null, 'SetupIntent');
  requireReturnUrl(intent, { returnUrl, useStripeSdk }, 'SetupIntent');
  return paymentMethod;
}

function requireConfirmable({ status }: Stripe.SetupIntent): void {
  const ended = { succeeded: 'it has already succeeded', canceled: 'it has been canceled' }[status as string];
  if (ended) throw unexpectedState('setup', `You cannot confirm this SetupIntent because ${ended}.`);
}

/** Asks the issuer, then saves the payment method to the customer. */
function setUp(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  threeDSecure: ThreeDSecure | undefined,
): Outcome {
  const card = testCardOf(ctx, paymentMethod.id);
  if (card.decline && !card.canAttach) return refuse(ctx, intent, paymentMethod, cardError(card.decline));
  const customer = intent.customer as string | null;
  if (customer !== null) attachPaymentMethod(ctx, paymentMethod, customer);
  if (intent.usage === 'off_session') ctx.store.cardFacts.update(paymentMethod.id, { isSetUp: true });
  const attempt = createSetupAttempt(ctx, { intent, paymentMethod, threeDSecure, status: 'succeeded' });
  const after = ctx.store.setupIntents.update(intent.id, {
    last_setup_error: null,
    latest_attempt: attempt.id,
    next_action: null,
    payment_method: paymentMethod.id,
    status: 'succeeded',
  });
  ctx.emit('setup_intent.succeeded', after);
  return { intent: after };
}

/** Leaves the intent open for another payment method, with what went wrong. */
function refuse(
  ctx: Context,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  body: ErrorBody,
): Outcome {
  const error = toLastError(body, paymentMethod);
  const attempt = createSetupAttempt(ctx, { intent, paymentMethod, error, status: 'failed' });
  const after = ctx.store.setupIntents.update(intent.id, {
    last_setup_error: error,
    latest_attempt: attempt.id,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
  ctx.emit('setup_intent.setup_failed', after);
  const shown = { ...body, payment_method: paymentMethod, setup_intent: after };
  return { intent: after, failure: new StripeFailure(402, shown) };
}
