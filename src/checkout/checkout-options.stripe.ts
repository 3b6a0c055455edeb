import type Stripe from 'stripe';
import { invalidField, Problem } from '#core/problem.js';
import { isUnclassified, refusedParam } from '#stripe/stripe-errors.js';
import type { CheckoutOptions } from './checkout.js';

/**
 * Added to the time that a page stays open. Stripe counts the 30 minutes that it requires at least from when it creates
 * the page, which is later than the plan, and its clock may differ.
 */
const EXPIRY_SLACK_SECONDS = 60;
/** Stripe's default, and the longest time that it takes. */
const EXPIRY_MAX_SECONDS = 24 * 60 * 60;

/** What the options set for a page of either mode: https://docs.stripe.com/api/checkout/sessions/create */
export function pageOptions(
  options: CheckoutOptions,
  now: Date,
): Partial<Stripe.Checkout.SessionCreateParams> {
  const { customerEmail, locale, allowPromotionCodes, paymentMethods = ['card'] } = options;
  const expiresAt = expiryOf(options, now);
  return {
    ...(paymentMethods !== 'dynamic' && { allowed_payment_method_types: [...paymentMethods] }),
    ...(customerEmail && { customer_email: customerEmail }),
    ...(locale && { locale }),
    ...(allowPromotionCodes && { allow_promotion_codes: true }),
    ...(expiresAt && { expires_at: expiresAt }),
  };
}

/** What the options set for a one-time payment. */
export function paymentOptions({
  captureManually,
}: CheckoutOptions): Stripe.Checkout.SessionCreateParams.PaymentIntentData {
  return captureManually ? { capture_method: 'manual' } : {};
}

/** What the options set for a subscription. */
export function subscriptionOptions({
  trialDays,
}: CheckoutOptions): Stripe.Checkout.SessionCreateParams.SubscriptionData {
  return trialDays ? { trial_period_days: trialDays } : {};
}

/**
 * The problem for an option that Stripe refuses; undefined for any other error. The time at which the page closes was
 * checked, so it is refused only if the page is created too late for it.
 */
export function refusedOption(error: unknown): Problem | undefined {
  const param = isUnclassified(error) ? refusedParam(error) : undefined;
  if (param?.startsWith('allowed_payment_method_types')) {
    return invalidField('paymentMethods', 'must be payment methods that the account can take', error);
  }
  return param === 'expires_at' ? new Problem('not-done', {}, error) : undefined;
}

/** In Unix seconds; undefined for Stripe's default. */
function expiryOf({ expiresInMinutes }: CheckoutOptions, now: Date): number | undefined {
  if (expiresInMinutes === undefined) return undefined;
  const seconds = expiresInMinutes * 60 + EXPIRY_SLACK_SECONDS;
  return seconds + EXPIRY_SLACK_SECONDS < EXPIRY_MAX_SECONDS
    ? Math.floor(now.getTime() / 1000) + seconds
    : undefined;
}
