import { browserFields } from './browser-fields.js';
import { StripeFailure } from './errors.js';
import { required, type Param, type Schema } from './params.js';
import type { Route } from './route.js';

/*
 * What a publishable key, the key of Stripe.js, may do and see. Sources:
 * https://docs.stripe.com/keys#obtain-api-keys, and https://docs.stripe.com/api/payment_intents/retrieve.
 */

/** The parameters of a route for a browser, which must send the client secret. */
export function withRequiredSecret({ params }: Route): Schema {
  const { client_secret: secret } = params;
  return secret ? { ...params, client_secret: required(secret as Param<string>) } : params;
}

/** A resource, and those in it, with only the fields that a browser gets. */
export function fieldsForBrowser<T>(value: T): T {
  if (Array.isArray(value)) return value.map(fieldsForBrowser) as T;
  if (typeof value !== 'object' || value === null) return value;
  const shown = 'object' in value ? browserFields[value.object as string] : undefined;
  const fields = Object.entries(value).filter(([field]) => !shown || shown.has(field));
  return Object.fromEntries(fields.map(([field, inner]) => [field, fieldsForBrowser(inner)])) as T;
}

/** An error with only the fields that a browser gets. */
export function errorForBrowser({ status, body, headers }: StripeFailure): StripeFailure {
  return new StripeFailure(status, fieldsForBrowser(body), headers);
}
