import type Stripe from 'stripe';
import type { Context } from '../../context.js';
import { type ErrorBody, failures, StripeFailure } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import type { createParams as paymentMethodParams } from '../payment-methods/params.js';
import { createPaymentMethod, isUsedUp, resolvePaymentMethod } from '../payment-methods/payment-method.js';
import { type Intent, intentName } from './intent.js';

/** The result of an attempt to pay or set up: the intent after it, and the error if it failed. */
export interface Outcome<T extends Intent> {
  intent: T;
  failure?: StripeFailure;
}

/** The intent after an attempt. @throws StripeFailure the error of a failed attempt */
export function unwrapOutcome<T extends Intent>({ intent, failure }: Outcome<T>): T {
  if (failure) throw failure;
  return intent;
}

/** The outcome of a failed attempt, whose error shows the intent and the payment method. */
export function failedOutcome<T extends Intent>(
  intent: T,
  error: ErrorBody,
  paymentMethod: Stripe.PaymentMethod,
): Outcome<T> {
  const body: ErrorBody = { ...error, [intent.object]: intent, payment_method: paymentMethod };
  return { intent, failure: new StripeFailure(402, body) };
}

/** The fields of an intent that can be tried again with another payment method. */
export const RETRY_FIELDS = {
  next_action: null,
  payment_method: null,
  status: 'requires_payment_method',
} as const;

/** The payment method that a request names or describes, if any. */
export function paymentMethodFromParams(
  ctx: Context,
  params: { payment_method?: string; payment_method_data?: Params<typeof paymentMethodParams> },
): Stripe.PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: details } = params;
  if (id !== undefined) return resolvePaymentMethod(ctx, id, 'payment_method');
  return details && createPaymentMethod(ctx, details);
}

/**
 * Checks that an intent takes payment methods of this type.
 * Seen by others at https://github.com/stripe/stripe-terminal-react-native/issues/745.
 * @throws StripeFailure 400
 */
export function requireAcceptedType({ type }: Stripe.PaymentMethod, intent: Intent): void {
  const { payment_method_types: types } = intent;
  if (types.includes(type)) return;
  const name = intentName(intent);
  throw failures.invalidRequest(
    `The PaymentMethod provided (${type}) is not allowed for this ${name}. Please attach a PaymentMethod of one of the following types: ${types.join(', ')}. Alternatively, update the allowed payment_method_types for this ${name} to include "${type}"`,
  );
}

/**
 * Checks that an intent may use a payment method: its own customer's, or nobody's.
 * @throws StripeFailure 400 for a detached or used-up one, and for one of another customer
 */
export function requireUsableByCustomer(
  ctx: Context,
  paymentMethod: Stripe.PaymentMethod,
  intent: Pick<Intent, 'customer' | 'object'>,
): void {
  const { customer: owner } = paymentMethod;
  if (owner !== null && intent.customer === null) {
    const isPayment = intent.object === 'payment_intent';
    const supplied = isPayment
      ? `\`payment_method\` parameter supplied ${paymentMethod.id}`
      : `payment method supplied (${paymentMethod.id})`;
    throw failures.invalidRequest(
      `The ${supplied} belongs to the Customer ${owner as string}. Please include the Customer in the \`customer\` parameter on the ${intentName(intent)}.`,
      // Stripe names the parameter of the older Sources API here.
      { code: 'parameter_missing', param: isPayment ? 'source' : 'payment_method' },
    );
  }
  if (owner !== null && owner !== intent.customer) {
    throw failures.invalidRequest(
      `The PaymentMethod ${paymentMethod.id} does not belong to the Customer you supplied ${intent.customer as string}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      { param: 'payment_method' },
    );
  }
  if (isUsedUp(ctx, paymentMethod.id)) {
    throw failures.invalidRequest(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    );
  }
}

/**
 * Checks that an intent that may redirect knows the URL to return to.
 * Source: https://docs.stripe.com/payments/finalize-payments-on-the-server?platform=web&type=payment.
 * @throws StripeFailure 400 naming return_url
 */
export function requireReturnUrl(
  intent: Intent,
  { returnUrl, useStripeSdk }: { returnUrl?: string; useStripeSdk?: boolean },
): void {
  const { automatic_payment_methods: automatic } = intent;
  if (!automatic || automatic.allow_redirects === 'never' || returnUrl || useStripeSdk) return;
  throw failures.invalidRequest(
    `This ${intentName(intent)} is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a \`return_url\`. If you don't want to accept redirect-based payment methods, set \`automatic_payment_methods[enabled]\` to \`true\` and \`automatic_payment_methods[allow_redirects]\` to \`never\` when creating Setup Intents and Payment Intents.`,
    { param: 'return_url' },
  );
}
