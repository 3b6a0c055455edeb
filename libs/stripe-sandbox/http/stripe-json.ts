/**
 * JSON as Stripe writes it: indented, and in each object `id` and `object` come first and the other fields by the alphabet.
 * Clients may read it line by line. Metadata keeps its order. Source: recordings of the real Stripe.
 */
export function stripeJson(body: object): string {
  return JSON.stringify(inStripesOrder(body), undefined, 2);
}

function inStripesOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inStripesOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const ordered: Record<string, unknown> = {};
  for (const name of ['id', 'object', ...Object.keys(fields).sort()]) {
    if (!Object.hasOwn(fields, name) || Object.hasOwn(ordered, name)) continue;
    ordered[name] = name === 'metadata' ? fields[name] : inStripesOrder(fields[name]);
  }
  return ordered;
}
