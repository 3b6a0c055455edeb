import type Stripe from 'stripe';
import type { TestCard, ThreeDSecure } from '../payment-methods/test-card.js';
import type { Context } from '../../context.js';
import { failures, StripeFailure, type ErrorBody } from '../../http/errors.js';
import type { Params } from '../../http/params.js';
import { docUrlOf } from '../../http/reply.js';
import type { createParams as paymentMethodParams } from '../payment-methods/params.js';
import {
  createPaymentMethod,
  requireUsable,
  resolvePaymentMethod,
} from '../payment-methods/payment-method.js';

/** What setup intents and payment intents have in common. */
export type Intent = Stripe.SetupIntent | Stripe.PaymentIntent;

/** The account's own configuration of payment methods: cards, and nothing else. */
const ACCOUNT_METHODS: readonly string[] = ['card'];
const CONFIGURATION = { id: 'pmc_1SandboxCardsOnly0000000', parent: null };

/** The parameters that choose which payment methods an intent takes. */
export interface PaymentMethodTypeParams {
  allowed_payment_method_types?: string[];
  automatic_payment_methods?: { enabled: boolean; allow_redirects?: 'always' | 'never' };
  excluded_payment_method_types?: string[] | null;
  payment_method_types?: string[];
}

const CHOICES: (keyof PaymentMethodTypeParams)[] = [
  'allowed_payment_method_types',
  'automatic_payment_methods',
  'payment_method_types',
];

type MethodFields = Pick<
  Stripe.PaymentIntent,
  | 'allowed_payment_method_types'
  | 'automatic_payment_methods'
  | 'excluded_payment_method_types'
  | 'payment_method_configuration_details'
  | 'payment_method_types'
>;

/**
 * The fields about payment methods that an intent gets; without any choice the account's are taken.
 * Source: https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter.
 * @throws StripeFailure 400 for parameters that exclude each other, or when nothing is left
 */
export function paymentMethodFields(choice: PaymentMethodTypeParams, called: string): MethodFields {
  const exclusive = CHOICES.filter((name) => choice[name] !== undefined);
  if (choice.excluded_payment_method_types && choice.allowed_payment_method_types) {
    exclusive.push('excluded_payment_method_types');
  }
  if (exclusive.length > 1) {
    throw failures.invalidRequest(`You may only specify one of these parameters: ${exclusive.join(', ')}.`);
  }
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded = null } = choice;
  const named = allowed ?? choice.payment_method_types;
  const types = ACCOUNT_METHODS.filter(
    (type) => (named?.includes(type) ?? true) && !excluded?.includes(type),
  );
  if (types.length === 0) {
    throw failures.invalidRequest(
      `No valid payment method types for this ${called}. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods) or choose a different currency.`,
    );
  }
  const isAutomatic = !named && (choice.automatic_payment_methods?.enabled ?? true);
  const allow_redirects = choice.automatic_payment_methods?.allow_redirects ?? 'always';
  return {
    allowed_payment_method_types: allowed ?? null,
    automatic_payment_methods: isAutomatic ? { allow_redirects, enabled: true } : null,
    excluded_payment_method_types: excluded,
    payment_method_configuration_details: isAutomatic ? CONFIGURATION : null,
    payment_method_types: types,
  };
}

/**
 * An intent that may redirect wants to know where to come back to.
 * Source: https://docs.stripe.com/payments/finalize-payments-on-the-server?platform=web&type=payment.
 * @throws StripeFailure 400 naming return_url
 */
export function requireReturnUrl(
  { automatic_payment_methods: automatic }: Pick<Intent, 'automatic_payment_methods'>,
  { returnUrl, useStripeSdk }: { returnUrl?: string; useStripeSdk?: boolean },
  called: string,
): void {
  if (!automatic || automatic.allow_redirects === 'never' || returnUrl || useStripeSdk) return;
  throw failures.invalidRequest(
    `This ${called} is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a \`return_url\`. If you don't want to accept redirect-based payment methods, set \`automatic_payment_methods[enabled]\` to \`true\` and \`automatic_payment_methods[allow_redirects]\` to \`never\` when creating Setup Intents and Payment Intents.`,
    { param: 'return_url' },
  );
}

/**
 * Whether an intent of this customer's, or of nobody's, may use a payment method.
 * @throws StripeFailure 400 for a detached or used-up one, and for one of another customer
 */
export function requireUsableByCustomer(
  ctx: Context,
  paymentMethod: Stripe.PaymentMethod,
  customer: string | null,
  called: 'PaymentIntent' | 'SetupIntent',
): void {
  const owner = paymentMethod.customer;
  if (owner !== null && customer === null) {
    const isPayment = called === 'PaymentIntent';
    const supplied = isPayment
      ? `\`payment_method\` parameter supplied ${paymentMethod.id}`
      : `payment method supplied (${paymentMethod.id})`;
    throw failures.invalidRequest(
      `The ${supplied} belongs to the Customer ${owner as string}. Please include the Customer in the \`customer\` parameter on the ${called}.`,
      // Stripe does name this parameter by the word of the older API.
      { code: 'parameter_missing', param: isPayment ? 'source' : 'payment_method' },
    );
  }
  if (owner !== null && owner !== customer) {
    throw failures.invalidRequest(
      `The PaymentMethod ${paymentMethod.id} does not belong to the Customer you supplied ${customer}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      { param: 'payment_method' },
    );
  }
  requireUsable(ctx, paymentMethod.id);
}

/** The payment method that a request names or describes, if any. */
export function paymentMethodFromParams(
  ctx: Context,
  given: { payment_method?: string; payment_method_data?: Params<typeof paymentMethodParams> },
): Stripe.PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: details } = given;
  if (id !== undefined) return resolvePaymentMethod(ctx, id, 'payment_method');
  return details && createPaymentMethod(ctx, details);
}

/** What 3D Secure comes to for this intent; undefined where neither the card nor the intent asks for it. */
export function requiredThreeDSecure(
  ctx: Context,
  intent: Intent,
  paymentMethodId: string,
  card: TestCard,
  offSession = false,
): ThreeDSecure | undefined {
  return isAsked(ctx, intent, paymentMethodId, card, offSession) ? card.threeDSecure : undefined;
}

function isAsked(
  ctx: Context,
  { payment_method_options }: Intent,
  paymentMethodId: string,
  card: TestCard,
  offSession: boolean,
): boolean {
  const requested = payment_method_options?.card?.request_three_d_secure ?? 'automatic';
  if (requested !== 'automatic' && !offSession) return true;
  if (card.authentication === 'never') return false;
  if (!offSession) return true;
  if (card.authentication === 'unless_set_up') return !ctx.store.cardFacts.get(paymentMethodId)!.isSetUp;
  return card.authentication !== 'already_set_up';
}

/** Runs work on an existing intent, whose errors show the intent as Stripe's do. */
export function withIntentOnErrors<T>(
  shown: Pick<ErrorBody, 'payment_intent' | 'setup_intent'>,
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeFailure) || error.body.code === 'resource_missing') throw error;
    throw new StripeFailure(error.status, { ...shown, ...error.body });
  }
}

/** Where the cardholder authenticates: a page of the sandbox's, in the caller's browser or within Stripe.js. */
export function authenticationAction(ctx: Context, intentId: string, return_url: string | undefined) {
  const url = `${ctx.origin}/3ds/${intentId}`;
  return return_url === undefined
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url, url } };
}

/** An error as `last_payment_error` and `last_setup_error` keep it. */
export function toLastError(error: ErrorBody, paymentMethod: Stripe.PaymentMethod) {
  const doc = error.code === undefined ? {} : { doc_url: docUrlOf(error.code) };
  return { ...error, ...doc, payment_method: paymentMethod };
}

/** An intent that is in the wrong state for what is asked of it. */
export const unexpectedState = (kind: 'payment' | 'setup', message: string, param?: string): StripeFailure =>
  failures.invalidRequest(message, { code: `${kind}_intent_unexpected_state`, param });

/**
 * An intent, if whoever asks for it by its client secret has the right one.
 * @throws StripeFailure 400 for a wrong secret
 */
export function requireClientSecret<T extends Intent>(intent: T, clientSecret: string | undefined): T {
  if (clientSecret === undefined || clientSecret === intent.client_secret) return intent;
  throw failures.invalidRequest(
    `The client_secret provided does not match the client_secret associated with the ${intent.object === 'setup_intent' ? 'SetupIntent' : 'PaymentIntent'}.`,
    { param: 'client_secret' },
  );
}
