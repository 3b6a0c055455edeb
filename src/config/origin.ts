const HTTP = /^https?:$/;
/** A name or an address; URLs would also take `*`, which looks like a pattern and is none. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** Whether a text is exactly an http(s) origin as browsers write it: scheme, host, port, and no more. */
export function isExactOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return HTTP.test(url.protocol) && HOST.test(url.hostname) && url.origin === value.replace(/\/$/, '');
}
