import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { schedule } from '../../due.js';
import type { ChargeAttempt } from '../charges/attempt.js';
import { createCharge, HOLD_SECONDS } from '../charges/charge.js';
import { openDisputes } from '../disputes/dispute.js';
import {
  requireAcceptedType,
  requireReturnUrl,
  requireUsableByCustomer,
  unwrapOutcome,
} from '../intents/confirmation.js';
import { OPEN_STATUSES, unexpectedState, withIntentOnErrors } from '../intents/intent.js';
import {
  authenticationFailure,
  requiredThreeDSecure,
  requiresActionFields,
} from '../intents/three-d-secure.js';
import type { Authorization } from '../mandates/mandate.js';
import { cardError, declines } from '../payment-methods/declines.js';
import { checkCard, testCardOf } from '../payment-methods/payment-method.js';
import { failPayment, type PaymentOutcome, saveOrUseUp } from './attempt.js';
import { startDebit } from './debit.js';
import { captureMethodOf } from './fields.js';
import { releaseCash, startTransfer } from './transfer.js';

/** How a payment intent is confirmed. */
export interface Confirmation {
  /** Used instead of the intent's own; without either, the customer's default is used. */
  paymentMethod?: Stripe.PaymentMethod;
  /** Whether the cardholder is absent, so that nobody can authenticate. */
  offSession?: boolean;
  returnUrl?: string;
  useStripeSdk?: boolean;
  /** Whether to fail instead of asking for authentication. */
  failsOnAction?: boolean;
  /** Whether the intent waits for an absent cardholder to authenticate, instead of being declined. */
  waitsForAbsent?: boolean;
  /** What authorizes a debit; a payment method that is saved may have a mandate already. */
  authorization?: Authorization;
}

/**
 * Tries to pay: ends in succeeded, requires_capture, requires_action, or for a debit in processing.
 * Source: https://docs.stripe.com/payments/paymentintents/lifecycle.
 * @throws StripeFailure 400 if nothing was changed, or 402 for a decline, which the intent stores
 */
export function confirmPaymentIntent(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation = {},
): Stripe.PaymentIntent {
  return withIntentOnErrors(intent, () => unwrapOutcome(attemptPayment(ctx, intent, confirmation)));
}

/**
 * Records the result of the authentication that an intent waits for. A payment that fails now is not thrown: the
 * intent shows it. With a manual `confirmation_method` the intent must be confirmed once more.
 * Sources: https://docs.stripe.com/payments/3d-secure/authentication-flow and
 * https://docs.stripe.com/payments/accept-a-payment-synchronously.
 */
export function completeAuthentication(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  isAuthenticated: boolean,
): Stripe.PaymentIntent {
  const paymentMethod = ctx.store.paymentMethods.get(intent.payment_method as string)!;
  if (!isAuthenticated) return failPayment(ctx, intent, paymentMethod, authenticationFailure(intent)).intent;
  if (intent.confirmation_method === 'manual') {
    ctx.store.cardFacts.update(paymentMethod.id, { authenticatedFor: intent.id });
    return ctx.store.paymentIntents.update(intent.id, { next_action: null, status: 'requires_confirmation' });
  }
  return chargeCard(ctx, intent, paymentMethod, { threeDSecure: 'challenge' }).intent;
}

/**
 * Checks that an intent can be confirmed, and returns the payment method to confirm it with.
 * @throws StripeFailure 400 for the wrong state, a missing or unusable payment method, or a missing return_url, which
 *   an absent cardholder does not need
 */
export function requireReadyToConfirm(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): Stripe.PaymentMethod {
  requireConfirmableStatus(intent);
  const paymentMethod = confirmation.paymentMethod ?? requirePaymentMethod(ctx, intent);
  requireAcceptedType(paymentMethod, intent);
  requireUsableByCustomer(ctx, paymentMethod, intent);
  if (!confirmation.offSession) requireReturnUrl(intent, confirmation);
  return paymentMethod;
}

function requireConfirmableStatus(intent: Stripe.PaymentIntent): void {
  const { status } = intent;
  if (status === 'succeeded') {
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  }
  if (!OPEN_STATUSES.includes(status)) {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be confirmed because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${OPEN_STATUSES.join(', ')}.`,
    );
  }
}

/** The intent's payment method, or its customer's default one. */
function requirePaymentMethod(ctx: Context, intent: Stripe.PaymentIntent): Stripe.PaymentMethod {
  const customer = intent.customer as string | null;
  const settings = ctx.store.customers.get(customer ?? '')?.invoice_settings;
  const id = (intent.payment_method ?? settings?.default_payment_method ?? '') as string;
  const paymentMethod = ctx.store.paymentMethods.get(id);
  if (paymentMethod) return paymentMethod;
  const remedy =
    customer === null
      ? 'You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.'
      : `To confirm the PaymentIntent with ${customer}, specify a payment method attached to this customer along with the customer ID.`;
  throw unexpectedState(
    intent,
    `You cannot confirm this PaymentIntent because it's missing a payment method. ${remedy}`,
  );
}

function attemptPayment(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): PaymentOutcome {
  const paymentMethod = checkCard(ctx, requireReadyToConfirm(ctx, intent, confirmation));
  if (paymentMethod.type === 'customer_balance') {
    return { intent: startTransfer(ctx, intent, paymentMethod) };
  }
  if (paymentMethod.type === 'sepa_debit') {
    return { intent: startDebit(ctx, intent, paymentMethod, confirmation.authorization) };
  }
  releaseCash(ctx, intent);
  const { offSession = false, returnUrl, failsOnAction = false, waitsForAbsent = false } = confirmation;
  if (ctx.store.cardFacts.get(paymentMethod.id)?.authenticatedFor === intent.id) {
    ctx.store.cardFacts.update(paymentMethod.id, { authenticatedFor: null });
    return chargeCard(ctx, intent, paymentMethod, { threeDSecure: 'challenge' });
  }
  const threeDSecure = requiredThreeDSecure(ctx, intent, paymentMethod, offSession);
  if (threeDSecure !== 'challenge') return chargeCard(ctx, intent, paymentMethod, { threeDSecure });
  if (offSession && !waitsForAbsent) return declineUnauthenticated(ctx, intent, paymentMethod);
  if (failsOnAction) {
    return failPayment(ctx, intent, paymentMethod, {
      type: 'card_error',
      code: 'authentication_required',
      message:
        'This payment required an authentication action to complete, but `error_on_requires_action` was set.',
    });
  }
  const after = ctx.store.paymentIntents.update(intent.id, {
    ...requiresActionFields(ctx, intent, paymentMethod, returnUrl),
    last_payment_error: null,
  });
  ctx.emit('payment_intent.requires_action', after);
  return { intent: after };
}

/** Radar declines before there is a charge; an issuer declines the charge itself. */
function declineUnauthenticated(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): PaymentOutcome {
  const decline = declines.authenticationRequired;
  return testCardOf(ctx, paymentMethod.id).authentication === 'by_radar'
    ? failPayment(ctx, intent, paymentMethod, cardError(decline))
    : chargeCard(ctx, intent, paymentMethod, { decline });
}

/** Charges the card, which its issuer may decline. */
function chargeCard(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
  { threeDSecure, decline: given }: Pick<ChargeAttempt, 'threeDSecure' | 'decline'>,
): PaymentOutcome {
  const card = testCardOf(ctx, paymentMethod.id);
  const captureMethod = captureMethodOf(intent);
  const isCaptured = captureMethod !== 'manual';
  const isAsynchronous = captureMethod === 'automatic_async';
  const decline = given ?? card.decline;
  if (!decline) saveOrUseUp(ctx, intent, paymentMethod);
  const charge = createCharge(ctx, {
    intent,
    paymentMethod,
    isCaptured,
    isAsynchronous,
    threeDSecure,
    decline,
  });
  if (decline) return failPayment(ctx, intent, paymentMethod, cardError(decline), charge);
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
