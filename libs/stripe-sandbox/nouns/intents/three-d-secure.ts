import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { ErrorBody } from '../../http/errors.js';
import { testCardOf } from '../payment-methods/payment-method.js';
import type { ThreeDSecure } from '../payment-methods/test-card.js';
import { type Intent, intentName } from './intent.js';

/** The result of 3D Secure for an intent; undefined if neither the card nor the intent requires it. */
export function requiredThreeDSecure(
  ctx: Context,
  intent: Intent,
  paymentMethod: Stripe.PaymentMethod,
  offSession = false,
): ThreeDSecure | undefined {
  const { authentication, threeDSecure } = testCardOf(ctx, paymentMethod.id);
  const requested = intent.payment_method_options?.card?.request_three_d_secure ?? 'automatic';
  if (requested !== 'automatic' && !offSession) return threeDSecure;
  if (authentication === 'never') return undefined;
  if (!offSession) return threeDSecure;
  const isSetUp =
    authentication === 'already_set_up' ||
    (authentication === 'unless_set_up' && ctx.store.cardFacts.get(paymentMethod.id)!.isSetUp);
  return isSetUp ? undefined : threeDSecure;
}

/** The fields of an intent whose cardholder must authenticate on a page of the sandbox. */
export function requiresActionFields(
  ctx: Context,
  intent: Intent,
  paymentMethod: Stripe.PaymentMethod,
  returnUrl: string | undefined,
) {
  return {
    next_action: authenticationAction(`${ctx.origin}/3ds/${intent.id}`, returnUrl),
    payment_method: paymentMethod.id,
    status: 'requires_action' as const,
  };
}

/** With a return URL the cardholder's browser is redirected; without one Stripe.js opens the page. */
const authenticationAction = (url: string, return_url: string | undefined) =>
  return_url === undefined
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url, url } };

/** The page of the sandbox on which the cardholder must authenticate; null if there is none. */
export const authenticationUrl = ({ next_action }: Intent): string | null =>
  next_action?.redirect_to_url?.url ?? null;

/** The error for a cardholder who failed the authentication. */
export const authenticationFailure = (intent: Intent): ErrorBody => ({
  type: 'invalid_request_error',
  code: `${intent.object}_authentication_failure`,
  message: `The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this ${intentName(intent)} again.`,
});
