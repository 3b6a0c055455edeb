import { pageAt } from './page-url.js';

/**
 * JSON as Stripe writes it: indented, and in each object `id` and `object` come first and the other fields by the alphabet.
 * Clients may read it line by line. Metadata keeps its order. Source: recordings of the real Stripe.
 *
 * @param origin the base URL of the pages, as the caller reaches the sandbox; without it they keep the one they have
 */
export function stripeJson(body: object, origin?: string): string {
  return JSON.stringify(inStripesOrder(body, origin), undefined, 2);
}

function inStripesOrder(value: unknown, origin: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => inStripesOrder(each, origin));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  const ordered: Record<string, unknown> = {};
  for (const name of ['id', 'object', ...Object.keys(fields).sort()]) {
    if (!Object.hasOwn(fields, name) || Object.hasOwn(ordered, name)) continue;
    if (name === 'metadata') ordered[name] = fields[name];
    else ordered[name] = withOrigin(origin, name, inStripesOrder(fields[name], origin));
  }
  return ordered;
}

/** Fields such as `url`, `receipt_url`, `invoice_pdf` and `pdf`. */
const URL_FIELD = /(?:url|pdf)$/;

/** A field's value, with the origin in what is the URL of a page. */
function withOrigin(origin: string | undefined, name: string, value: unknown): unknown {
  const isUrl = origin !== undefined && typeof value === 'string' && URL_FIELD.test(name);
  return isUrl ? pageAt(origin, value) : value;
}
