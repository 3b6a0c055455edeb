import { browserFields } from '../store/browser-fields.js';
import { StripeFailure } from './errors.js';
import { required, type Param, type Schema } from './params.js';
import type { Route } from './route.js';

/*
 * What a publishable key may do, and see: Stripe.js has nothing else. Sources:
 * https://docs.stripe.com/keys#obtain-api-keys, and https://docs.stripe.com/api/payment_intents/retrieve.
 */

/** A browser has to tell the secret of what it asks about. */
export function withSecret({ params }: Route): Schema {
  const { client_secret: secret } = params;
  return secret ? { ...params, client_secret: required(secret as Param<string>) } : params;
}

/** What a browser is shown of a resource: less than its type says. */
export function shownToBrowser<T extends object>(resource: T): T {
  const shown = 'object' in resource ? browserFields[resource.object as string] : undefined;
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
