import type Stripe from 'stripe';
import { type ErrorBody, failures, StripeFailure } from '../../http/errors.js';
import { docUrlOf } from '../../http/reply.js';

/** A payment intent or a setup intent: both follow the rules in this folder. */
export type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;

/** The statuses in which an intent can still be changed and confirmed. */
export const OPEN_STATUSES: readonly string[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/** How Stripe's messages name an intent. */
export const intentName = ({ object }: Pick<Intent, 'object'>): 'PaymentIntent' | 'SetupIntent' =>
  object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent';

/** Runs work on an existing intent. Errors show the intent, as Stripe's do. */
export function withIntentOnErrors<T>(intent: Intent, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeFailure) || error.body.code === 'resource_missing') throw error;
    throw new StripeFailure(error.status, { [intent.object]: intent, ...error.body });
  }
}

/** An error as `last_payment_error` and `last_setup_error` store it. */
export function toLastError(error: ErrorBody, paymentMethod: Stripe.PaymentMethod) {
  const doc = error.code === undefined ? {} : { doc_url: docUrlOf(error.code) };
  return { ...error, ...doc, payment_method: paymentMethod };
}

/** The error for an intent in the wrong state for a request. */
export const unexpectedState = (
  { object }: Pick<Intent, 'object'>,
  message: string,
  param?: string,
): StripeFailure => failures.invalidRequest(message, { code: `${object}_unexpected_state`, param });

/**
 * Checks the client secret with which a browser asks for an intent; a secret key needs none.
 * @throws StripeFailure 400 for a wrong secret
 */
export function requireClientSecret<T extends Intent>(intent: T, clientSecret: string | undefined): T {
  if (clientSecret === undefined || clientSecret === intent.client_secret) return intent;
  throw failures.invalidRequest(
    `The client_secret provided does not match the client_secret associated with the ${intentName(intent)}.`,
    { param: 'client_secret' },
  );
}

/**
 * Checks that an intent's status allows an update, and that the update does not move it to another customer.
 * @param alwaysUpdatable the fields that can be updated in every status
 * @throws StripeFailure 400 naming the field
 */
export function requireUpdatable(
  intent: Intent,
  params: { customer?: string },
  alwaysUpdatable: ReadonlySet<string>,
): void {
  const name = intentName(intent);
  const field = Object.keys(params).find((key) => !alwaysUpdatable.has(key));
  if (field !== undefined && !OPEN_STATUSES.includes(intent.status)) {
    throw unexpectedState(
      intent,
      `This ${name}'s ${field} could not be updated because it has a status of ${intent.status}. You may only update the ${field} of a ${name} with one of the following statuses: ${OPEN_STATUSES.join(', ')}.`,
      field,
    );
  }
  if (params.customer !== undefined && intent.customer !== null && params.customer !== intent.customer) {
    const purpose =
      intent.object === 'payment_intent' ? 'fulfill a payment with a different' : 'use a different';
    throw failures.invalidRequest(
      `You cannot modify \`customer\` on a ${name} once it already has been set. To ${purpose} Customer, cancel this ${name} and create a new one.`,
      { param: 'customer' },
    );
  }
}
