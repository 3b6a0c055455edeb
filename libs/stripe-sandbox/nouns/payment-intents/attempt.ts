import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import type { ErrorBody } from '../../http/errors.js';
import { failedOutcome, type Outcome, RETRY_FIELDS } from '../intents/confirmation.js';
import { toLastError } from '../intents/intent.js';
import { attachPaymentMethod } from '../payment-methods/payment-method.js';

export type PaymentOutcome = Outcome<Stripe.PaymentIntent>;

/** Stores the error, and leaves the intent open for another payment method. */
export function failPayment(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
  error: ErrorBody,
  charge?: Stripe.Charge,
): PaymentOutcome {
  const body: ErrorBody = { ...error, ...(charge && { charge: charge.id }) };
  const after = ctx.store.paymentIntents.update(intent.id, {
    ...RETRY_FIELDS,
    last_payment_error: toLastError(body, paymentMethod),
    latest_charge: charge?.id ?? intent.latest_charge,
  });
  ctx.emit('payment_intent.payment_failed', after);
  return failedOutcome(after, body, paymentMethod);
}

/** For which later payments an intent saves its payment method; null if it does not. */
export function savedUsage(
  { payment_method_options: options, setup_future_usage }: Stripe.PaymentIntent,
  { type }: Pick<Stripe.PaymentMethod, 'type'>,
): string | null {
  const own = options?.[type as 'card' | 'customer_balance' | 'sepa_debit'];
  const usage = own?.setup_future_usage ?? setup_future_usage;
  return usage === 'none' ? null : usage;
}

/** Saves the payment method if the intent asks for it. One that is neither saved nor attached cannot be used again. */
export function saveOrUseUp(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  paymentMethod: Stripe.PaymentMethod,
): void {
  const usage = savedUsage(intent, paymentMethod);
  if (usage === 'off_session') ctx.store.cardFacts.update(paymentMethod.id, { isSetUp: true });
  if (usage !== null && intent.customer !== null) {
    attachPaymentMethod(ctx, paymentMethod, intent.customer as string);
  } else if (usage === null && paymentMethod.customer === null) {
    ctx.store.cardFacts.update(paymentMethod.id, { isSpent: true });
  }
}
