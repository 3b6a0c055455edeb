/**
 * Whether a URL is on a page of Stripe's, where receipts are.
 *
 * @param apiBase STRIPE_API_BASE or the sandbox: whoever stands in for Stripe has pages at the same origin
 */
export function isStripePage(text: string, apiBase?: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, username, password, origin } = new URL(text);
  if (username !== '' || password !== '') return false;
  if (apiBase !== undefined && origin === new URL(apiBase).origin) return true;
  return protocol === 'https:' && port === '' && hostname.endsWith('.stripe.com');
}
