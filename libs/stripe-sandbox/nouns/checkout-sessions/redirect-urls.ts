import { failures } from '../../http/errors.js';

/** Replaced by the session's id in a success URL: https://docs.stripe.com/payments/checkout/custom-success-page. */
const SESSION_PLACEHOLDER = '{CHECKOUT_SESSION_ID}';

/** @throws StripeFailure 400 url_invalid for anything but an http or https URL */
export function requireRedirectUrl(url: string, param: string): void {
  if (redirectTarget(url) !== null) return;
  throw failures.badUrl(param);
}

/** A URL to redirect a browser to, with the session's id filled in; null for anything but http and https. */
export function redirectTarget(url: string, sessionId = ''): string | null {
  const filled = url.replaceAll(SESSION_PLACEHOLDER, sessionId);
  if (!URL.canParse(filled)) return null;
  const { protocol, href } = new URL(filled);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}
