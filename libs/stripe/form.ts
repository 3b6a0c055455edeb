/**
 * Encodes parameters as Stripe's API expects them, such as `metadata[order]=6735`: https://docs.stripe.com/api/metadata
 *
 * @param params objects and arrays of strings, numbers and booleans; what is undefined is left out, and null is empty
 */
export function formOf(params: object): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(params)) addPairs(pairs, encodeURIComponent(name), value);
  return pairs.join('&');
}

function addPairs(pairs: string[], name: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => addPairs(pairs, `${name}[${index}]`, item));
  } else if (value === null || typeof value !== 'object') {
    pairs.push(`${name}=${encodeURIComponent((value ?? '') as string | number | boolean)}`);
  } else {
    for (const [key, item] of Object.entries(value))
      addPairs(pairs, `${name}[${encodeURIComponent(key)}]`, item);
  }
}
