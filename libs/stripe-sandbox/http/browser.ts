import { StripeFailure } from './errors.js';
import { required, type Param, type Schema } from './params.js';
import type { Route } from './route.js';

/*
 * What a publishable key may do, and see: Stripe.js has nothing else. Sources:
 * https://docs.stripe.com/keys#obtain-api-keys, and https://docs.stripe.com/api/payment_intents/retrieve.
 */

/** What Stripe.js is shown of an intent; `client_secret` lets no one see whose it is, or what the account notes. */
const SHOWN: Record<string, ReadonlySet<string>> = {
  payment_intent: new Set([
    'id',
    'object',
    'amount',
    'amount_details',
    'automatic_payment_methods',
    'canceled_at',
    'cancellation_reason',
    'capture_method',
    'client_secret',
    'confirmation_method',
    'created',
    'currency',
    'description',
    'last_payment_error',
    'livemode',
    'next_action',
    'payment_method',
    'payment_method_configuration_details',
    'payment_method_types',
    'receipt_email',
    'setup_future_usage',
    'shipping',
    'status',
  ]),
  setup_intent: new Set([
    'id',
    'object',
    'automatic_payment_methods',
    'cancellation_reason',
    'client_secret',
    'created',
    'description',
    'last_setup_error',
    'livemode',
    'next_action',
    'payment_method',
    'payment_method_configuration_details',
    'payment_method_types',
    'status',
    'usage',
  ]),
};

/** A browser has to tell the secret of what it asks about. */
export function withSecret({ params }: Route): Schema {
  const { client_secret: secret } = params;
  return secret ? { ...params, client_secret: required(secret as Param<string>) } : params;
}

/** What a browser is shown of a resource: less than its type says. */
export function shownToBrowser<T extends object>(resource: T): T {
  const shown = 'object' in resource ? SHOWN[resource.object as string] : undefined;
  if (!shown) return resource;
  return Object.fromEntries(Object.entries(resource).filter(([field]) => shown.has(field))) as T;
}

/** An error as a browser is told of it. */
export function toldToBrowser({ status, body, headers }: StripeFailure): StripeFailure {
  const { payment_intent, setup_intent } = body;
  return new StripeFailure(
    status,
    {
      ...body,
      ...(payment_intent && { payment_intent: shownToBrowser(payment_intent) }),
      ...(setup_intent && { setup_intent: shownToBrowser(setup_intent) }),
    },
    headers,
  );
}
