import { type Operation, resolve } from '../support/openapi.js';

/** A request with a secret somewhere in it. */
export interface PlantedRequest {
  operation: Operation;
  /** Where the secret is, such as `body.products.0.productName`. */
  place: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  /** JSON; undefined if the route takes none. */
  body: string | undefined;
}

/** What differs from the documented example of a request. */
interface Difference {
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Headers that clients and proxies send, of which none is for the service. */
const OTHER_HEADERS = [
  'user-agent',
  'referer',
  'cookie',
  'x-forwarded-for',
  'traceparent',
  'from',
  'x-other',
];

/**
 * Requests that follow the documented examples of a route but for one place, where one of the secrets is: each field of
 * each body, an unknown one, each parameter and the request id.
 */
export function plantInTurn(operation: Operation, secrets: readonly string[]): PlantedRequest[] {
  const [first = [], ...others] = secrets.map((secret) => plant(operation, secret));
  return first.map((request, place) => others[(place % secrets.length) - 1]?.[place] ?? request);
}

function plant(operation: Operation, secret: string): PlantedRequest[] {
  const at = (place: string, difference: Difference) => requestTo(operation, place, difference);
  return [
    ...inBodies(operation, secret),
    ...operation.parameters.map(({ in: kind, name }) =>
      at(`${kind} ${name}`, { [kind === 'header' ? 'headers' : kind]: { [name]: secret } }),
    ),
    at('X-Request-Id', { headers: { 'x-request-id': secret } }),
  ];
}

/** Requests with several secrets where the service should not even look. */
export function plantAll(operation: Operation, secrets: readonly string[]): PlantedRequest[] {
  const text = secrets.join(' ');
  const others = Object.fromEntries(OTHER_HEADERS.map((name) => [name, text]));
  return [
    requestTo(operation, 'unknown query', { query: { unknown: text, [text]: 'unknown' } }),
    requestTo(operation, 'Authorization', { headers: { authorization: `Bearer ${text}` } }),
    requestTo(operation, 'other headers', { headers: others }),
  ];
}

function inBodies(operation: Operation, secret: string): PlantedRequest[] {
  if (!operation.body) return [];
  const examples = operation.body.examples as object[];
  const [first = {}] = examples;
  const shown = new Set(examples.flatMap((example) => Object.keys(example)));
  const hidden = Object.keys(resolve(operation.body.schema).properties ?? {}).filter(
    (name) => !shown.has(name),
  );
  const bodies: [string, unknown][] = [
    ...examples.flatMap((example) => variants(example, secret)),
    ...hidden.map((name): [string, unknown] => [`.${name}`, { ...first, [name]: secret }]),
    ['.unknown', { ...first, unknown: secret }],
    ['.<name>', { ...first, [secret]: 'unknown' }],
  ];
  return bodies.map(([place, body]) => requestTo(operation, `body${place}`, { body }));
}

/** A value with the secret in place of each of its leaves, and inside of each that is a URL. */
function variants(value: unknown, secret: string): [string, unknown][] {
  if (value === null || typeof value !== 'object') {
    const url = `https://example.com/?x=${encodeURIComponent(secret)}`;
    const isUrl = typeof value === 'string' && value.startsWith('https:');
    return isUrl
      ? [
          ['', secret],
          ['<url>', url],
        ]
      : [['', secret]];
  }
  return Object.entries(value).flatMap(([name, part]) =>
    variants(part, secret).map(([place, changed]): [string, unknown] => [
      `.${name}${place}`,
      Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed },
    ]),
  );
}

function requestTo(operation: Operation, place: string, difference: Difference): PlantedRequest {
  const { path = {}, query = {}, headers = {} } = difference;
  const example = (name: string) =>
    String(operation.parameters.find((parameter) => parameter.name === name)?.schema.example);
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) =>
    encodeURIComponent(path[name] ?? example(name)),
  );
  const required = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const search = new URLSearchParams(required.map(({ name }): [string, string] => [name, example(name)]));
  for (const [name, value] of Object.entries(query)) search.set(name, value);
  const body = difference.body ?? operation.body?.examples[0];
  return {
    operation,
    place: `${operation.name}: ${place}`,
    target: search.size > 0 ? `${filled}?${search.toString()}` : filled,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}
