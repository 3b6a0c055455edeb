import type { Context } from '../context.js';
import { failures } from '../http/errors.js';

/** Stands for the session's id in a success URL: https://docs.stripe.com/payments/checkout/custom-success-page. */
export const SESSION_PLACEHOLDER = '{CHECKOUT_SESSION_ID}';

/** @throws StripeFailure 400 url_invalid for anything but an http or https URL */
export function requireReadable(url: string, param: string): void {
  if (redirectTarget(url) !== null) return;
  throw failures.badUrl(param);
}

/** A URL that a browser may be sent to, the session's id filled in; null for anything but http and https. */
export function redirectTarget(url: string, sessionId = ''): string | null {
  const filled = url.replaceAll(SESSION_PLACEHOLDER, sessionId);
  if (!URL.canParse(filled)) return null;
  const { protocol, href } = new URL(filled);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** Has open sessions lead to where the pages are now: the sandbox may have come back on another port. */
export function moveOpenSessions({ store: { checkoutSessions }, origin }: Context): void {
  const here = new URL(origin);
  const open = [...checkoutSessions.oldestFirst({ where: { status: 'open' } })];
  for (const { id, url } of open) {
    const there = new URL(url!);
    if (there.hostname !== here.hostname || there.port === here.port) continue;
    there.port = here.port;
    checkoutSessions.update(id, { url: there.href });
  }
}
