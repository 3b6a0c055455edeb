/** Whether a text is exactly an http(s) origin as browsers write it: scheme, host, port, and no more. */
export function isExactOrigin(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === value.replace(/\/$/, '');
}
