/** Path segments that are followed by a collection rather than an id. */
const NAMESPACES: ReadonlySet<string> = new Set(['checkout']);

/**
 * The endpoint of a request, which has its own rate limit: the method and the path without ids, such as
 * `GET /v1/payment_intents/{id}`. https://docs.stripe.com/rate-limits
 *
 * @param path may have a query
 */
export function endpointOf(method: string, path: string): string {
  const [pathname = ''] = path.split('?');
  const [root, version, ...segments] = pathname.split('/');
  const collectionAt = NAMESPACES.has(segments[0] ?? '') ? 1 : 0;
  const pattern = segments.map((segment, at) =>
    at > collectionAt && (at - collectionAt) % 2 === 1 ? '{id}' : segment,
  );
  return `${method} ${[root, version, ...pattern].join('/')}`;
}
