/** A host name or an IP address. `new URL()` would also accept `*`, which looks like a wildcard but is not one. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** Whether a host name or address is reachable from this host only: https://www.rfc-editor.org/rfc/rfc5735#section-3 */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

/**
 * Whether a value is an origin as browsers write it (scheme, host and port only) and safe as by `isSafeUrl`:
 * https://developer.mozilla.org/docs/Web/HTTP/Headers/Origin
 */
export function isSafeOrigin(value: unknown): value is string {
  if (!isSafeUrl(value)) return false;
  const url = new URL(value);
  return HOST.test(url.hostname) && url.origin === value.replace(/\/$/, '');
}

/** Whether traffic to a URL cannot be read or changed on the network: https, or http on a loopback host. */
export function isSafeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}
