import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { cardError, declines } from '../payment-methods/declines.js';
import { schedule } from '../../due.js';
import { StripeFailure, type ErrorBody } from '../../http/errors.js';
import type { Attempt } from '../charges/attempt.js';
import { createCharge, HOLD_SECONDS } from '../charges/charge.js';
import { openDisputes } from '../disputes/dispute.js';
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

/** How an intent is confirmed. */
export interface Confirmation {
  /** Instead of the intent's own; without either, the customer's default. */
  paymentMethod?: Stripe.PaymentMethod;
  /** Whether the cardholder is away, so that nobody can authenticate. */
  offSession?: boolean;
  returnUrl?: string;
  useStripeSdk?: boolean;
  /** Whether to decline rather than to ask for authentication. */
  failsOnAction?: boolean;
}

/** How an attempt ended: the intent as it is now, and the error if it failed. */
interface Outcome {
  intent: Stripe.PaymentIntent;
  failure?: StripeFailure;
}

/**
 * Tries to pay: ends in succeeded, requires_capture or requires_action.
 * Source: https://docs.stripe.com/payments/paymentintents/lifecycle.
 * @throws StripeFailure 400 changing nothing, or 402 for a decline, which is kept on the intent
 */
export function confirmPaymentIntent(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation = {},
): Stripe.PaymentIntent {
  return withIntentOnErrors({ payment_intent: intent }, () => {
    const { intent: after, failure } = attempt(ctx, intent, confirmation);
    if (failure) throw failure;
    return after;
  });
}

/**
 * Ends the authentication that an intent waits for. It does not throw: how the payment went is in the intent, which
 * is to be confirmed once more where its `confirmation_method` is manual.
 * Sources: https://docs.stripe.com/payments/3d-secure/authentication-flow, and
 * https://docs.stripe.com/payments/accept-a-payment-synchronously.
 */
export function completeAuthentication(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  succeeded: boolean,
): Stripe.PaymentIntent {
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  if (succeeded && intent.confirmation_method === 'manual') {
    ctx.store.cardFacts.update(paymentMethod.id, { authenticatedFor: intent.id });
    return ctx.store.paymentIntents.update(intent.id, { next_action: null, status: 'requires_confirmation' });
  }
  if (succeeded) return pay(ctx, intent, paymentMethod, { threeDSecure: 'challenge' }).intent;
  return refuse(ctx, intent, paymentMethod, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
  }).intent;
}

/**
 * The payment method that a confirmation is for, if it may go ahead.
 * @throws StripeFailure 400 for the wrong state, no payment method or not a usable one, or no return_url
 */
export function requireReadyToConfirm(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  { paymentMethod: given, returnUrl, useStripeSdk }: Confirmation,
): Stripe.PaymentMethod {
  requireConfirmable(intent);
  const paymentMethod = findPaymentMethod(ctx, intent, given);
  requireUsableByCustomer(ctx, paymentMethod, intent.customer as string | null, 'PaymentIntent');
  requireReturnUrl(intent, { returnUrl, useStripeSdk }, 'PaymentIntent');
  return paymentMethod;
}

function findPaymentMethod(
  ctx: Context,
  intent: Pick<Stripe.PaymentIntent, 'customer' | 'payment_method'>,
  given?: Stripe.PaymentMethod,
): Stripe.PaymentMethod {
  const customer = intent.customer as string | null;
  const settings = ctx.store.customers.get(customer ?? '')?.invoice_settings;
  const id = (intent.payment_method ?? settings?.default_payment_method ?? '') as string;
  const paymentMethod = given ?? ctx.store.paymentMethods.get(id);
  if (paymentMethod) return paymentMethod;
  const remedy =
    customer === null
      ? 'You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.'
      : `To confirm the PaymentIntent with ${customer}, specify a payment method attached to this customer along with the customer ID.`;
  throw unexpectedState(
    'payment',
    `You cannot confirm this PaymentIntent because it's missing a payment method. ${remedy}`,
  );
}

function attempt(ctx: Context, intent: Stripe.PaymentIntent, confirmation: Confirmation): Outcome {
  const paymentMethod = requireReadyToConfirm(ctx, intent, confirmation);
  const { offSession = false, returnUrl, failsOnAction = false } = confirmation;
  const card = testCardOf(ctx, paymentMethod.id);
  if (ctx.store.cardFacts.get(paymentMethod.id)?.authenticatedFor === intent.id) {
    ctx.store.cardFacts.update(paymentMethod.id, { authenticatedFor: null });
    return pay(ctx, intent, paymentMethod, { threeDSecure: 'challenge' });
  }
  const threeDSecure = requiredThreeDSecure(ctx, intent, paymentMethod.id, card, offSession);
  if (threeDSecure !== 'challenge') return pay(ctx, intent, paymentMethod, { threeDSecure });
  if (offSession) {
    const decline = declines.authenticationRequired;
    // Radar refuses before there is a charge; the issuer is asked, and declines.
    if (card.authentication === 'by_radar') return refuse(ctx, intent, paymentMethod, cardError(decline));
    return pay(ctx, intent, paymentMethod, { decline });
  }
  if (failsOnAction) {
    return refuse(ctx, intent, paymentMethod, {
      type: 'card_error',
      code: 'authentication_required',
      message:
        'This payment required an authentication action to complete, but `error_on_requires_action` was set.',
    });
  }
  const after = ctx.store.paymentIntents.update(intent.id, {
    last_payment_error: null,
    next_action: authenticationAction(ctx, intent.id, returnUrl),
    payment_method: paymentMethod.id,
    status: 'requires_action',
  });
  ctx.emit('payment_intent.requires_action', after);
  return { intent: after };
}

function requireConfirmable({ status }: Stripe.PaymentIntent): void {
  if (status === 'succeeded') {
    throw unexpectedState(
      'payment',
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  }
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(status)) {
    throw unexpectedState(
      'payment',
      `This PaymentIntent could not be confirmed because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_payment_method, requires_confirmation, requires_action.`,
    );
  }
}

/** Charges the card: all is in the issuer's hands now. */
function pay(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
  { threeDSecure, decline }: Pick<Attempt, 'threeDSecure' | 'decline'>,
): Outcome {
  const card = testCardOf(ctx, paymentMethod.id);
  const isCaptured = captureMethodOf(intent) !== 'manual';
  const reason = decline ?? card.decline;
  if (!reason) saveOrUseUp(ctx, intent, paymentMethod);
  const charge = createCharge(ctx, { intent, paymentMethod, isCaptured, threeDSecure, decline: reason });
  if (reason) return refuse(ctx, intent, paymentMethod, cardError(reason), charge);
  if (isCaptured) openDisputes(ctx, charge, card);
  else scheduleRelease(ctx, charge);
  const after = ctx.store.paymentIntents.update(intent.id, {
    amount_capturable: isCaptured ? 0 : intent.amount,
    amount_received: isCaptured ? intent.amount : 0,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: paymentMethod.id,
    status: isCaptured ? 'succeeded' : 'requires_capture',
  });
  ctx.emit(isCaptured ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', after);
  return { intent: after };
}

function scheduleRelease(ctx: Context, { payment_intent, created, customer }: Stripe.Charge): void {
  const at = created + HOLD_SECONDS;
  schedule(ctx, 'paymentIntents', payment_intent as string, { at, customer: customer as string | null });
}

/** Leaves the intent open for another payment method, with what went wrong. */
function refuse(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
  error: ErrorBody,
  charge?: Stripe.Charge,
): Outcome {
  const body: ErrorBody = { ...error, ...(charge && { charge: charge.id }) };
  const after = ctx.store.paymentIntents.update(intent.id, {
    last_payment_error: toLastError(body, paymentMethod),
    latest_charge: charge?.id ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
  ctx.emit('payment_intent.payment_failed', after);
  const shown = { ...body, payment_intent: after, payment_method: paymentMethod };
  return { intent: after, failure: new StripeFailure(402, shown) };
}

/** Saves the payment method for later where the intent says so; else, belonging to nobody, it has had its use. */
function saveOrUseUp(ctx: Context, intent: Stripe.PaymentIntent, paymentMethod: Stripe.PaymentMethod): void {
  const usage = intent.payment_method_options?.card?.setup_future_usage ?? intent.setup_future_usage;
  if (usage === 'off_session') ctx.store.cardFacts.update(paymentMethod.id, { isSetUp: true });
  const isSaved = usage === 'off_session' || usage === 'on_session';
  if (isSaved && intent.customer !== null) attachPaymentMethod(ctx, paymentMethod, intent.customer as string);
  else if (!isSaved && paymentMethod.customer === null) {
    ctx.store.cardFacts.update(paymentMethod.id, { isSpent: true });
  }
}

/** How an intent is captured: the option for cards overrides the intent's own. */
export const captureMethodOf = ({ capture_method, payment_method_options }: Stripe.PaymentIntent): string =>
  payment_method_options?.card?.capture_method ?? capture_method;
