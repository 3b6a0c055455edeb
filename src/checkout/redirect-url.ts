/** Where customers may be sent back to. */
export interface RedirectRules {
  /** Exact origins, such as https://shop.example. */
  origins: readonly string[];
  /** Without a real Stripe account, a developer's own machine will do. */
  sandboxMode: boolean;
}

const SANDBOX_ORIGIN = 'https://example.com';
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1']);

// The URL standard would read spaces and backslashes as something else than other software does.
const PLAIN_URL = /^https?:\/\/[^\s\\\p{Cc}]+$/u;

/**
 * Whether a customer may be sent to a URL: https://url.spec.whatwg.org/. The text itself goes to Stripe, not the
 * parsed URL, whose escapes would hide Stripe's placeholder `{CHECKOUT_SESSION_ID}`.
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
