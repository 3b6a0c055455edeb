/** A name or an address; URLs would also take `*`, which looks like a pattern and is none. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a text is exactly such an origin as browsers write it: scheme, host, port, and no more. */
export function isSafeOrigin(value: unknown): value is string {
  if (!isSafeUrl(value)) return false;
  const url = new URL(value);
  return HOST.test(url.hostname) && url.origin === value.replace(/\/$/, '');
}

/** Whether nobody on the way can read or change what goes to a URL: https, or http on this very machine. */
export function isSafeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));
}
