import type { Settings } from './settings.js';

/** What is wrong with any other URL. */
export const REDIRECT_REFUSAL = 'must be an https URL at an allowed origin';

/** Which URLs a customer may be redirected to. */
export interface RedirectRules {
  /** Exact origins, such as https://shop.example. */
  origins: readonly string[];
  /** Without a Stripe account, loopback hosts and example.com are allowed too. */
  sandboxMode: boolean;
}

/** The rules that the settings make. */
export function redirectRules({ REDIRECT_ORIGINS, sandboxMode }: Settings): RedirectRules {
  return { origins: REDIRECT_ORIGINS, sandboxMode };
}

const SANDBOX_ORIGIN = 'https://example.com';
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1']);

// URL parsers disagree about spaces and backslashes.
const PLAIN_URL = /^https?:\/\/[^\s\\\p{Cc}]+$/u;

/**
 * Whether a customer may be redirected to a URL: https://url.spec.whatwg.org/. Send the text itself to Stripe: the
 * parsed URL would escape the braces of Stripe's placeholder `{CHECKOUT_SESSION_ID}`.
 */
export function isRedirectAllowed(text: string, { origins, sandboxMode }: RedirectRules): boolean {
  if (!PLAIN_URL.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username || url.password) return false;
  if (url.protocol === 'http:') return sandboxMode && LOOPBACK_HOSTS.has(url.hostname);
  return (
    origins.some((origin) => new URL(origin).origin === url.origin) ||
    (sandboxMode && url.origin === SANDBOX_ORIGIN)
  );
}
