import { browserFields } from './browser-fields.js';
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

/** What a browser is shown of a resource, and of those in it: less than its type says. */
export function shownToBrowser<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shownToBrowser) as T;
  if (typeof value !== 'object' || value === null) return value;
  const shown = 'object' in value ? browserFields[value.object as string] : undefined;
  const fields = Object.entries(value).filter(([field]) => !shown || shown.has(field));
  return Object.fromEntries(fields.map(([field, inner]) => [field, shownToBrowser(inner)])) as T;
}

/** An error as a browser is told of it. */
export function toldToBrowser({ status, body, headers }: StripeFailure): StripeFailure {
  return new StripeFailure(status, shownToBrowser(body), headers);
}
