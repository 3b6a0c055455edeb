/** Whether a URL is on a page of Stripe's, where receipts are. */
export function isStripePage(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, username, password } = new URL(text);
  const isPlain = protocol === 'https:' && port === '' && username === '' && password === '';
  return isPlain && hostname.endsWith('.stripe.com');
}
