import fc from 'fast-check';
import { type Credential, type Draft, pathOf } from './draft.js';
import { encodeLossy } from './http.js';
import { CARD_NUMBER, hostileName, hostileText, hostileValue, MARKER } from './hostile.js';
import { anyId, type Pool } from './pool.js';

/** A change that makes a draft invalid, or unusual. */
export interface Mutation {
  what: string;
  apply: (draft: Draft) => void;
}

type Container = Record<string, unknown>;

const BODY_LIMIT_BYTES = 100 * 1024;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const CREDENTIALS: Credential[] = [
  'user',
  'partner',
  'service',
  'none',
  'unknown key',
  'key without scopes',
  'revoked key',
  'expired key',
  'foreign token',
  'garbage',
];
const MEDIA_TYPES = [
  undefined,
  '',
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8',
  'application/json+problem',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  `application/${MARKER}`,
  'APPLICATION/JSON',
  ';',
];
const HEADERS: [string, string][] = [
  ['content-encoding', 'gzip'],
  ['accept', 'text/html'],
  ['accept', `application/${MARKER}`],
  ['range', 'bytes=0-0,-1'],
  ['if-none-match', '*'],
  ['x-request-id', 'well-formed.1_2-3'],
  ['x-request-id', `${MARKER} ${MARKER}`],
  ['x-request-id', `whsec_${MARKER}`],
  ['x-request-id', CARD_NUMBER],
  ['x-forwarded-for', `127.0.0.1, ${MARKER}`],
  ['x-http-method-override', 'DELETE'],
  ['stripe-account', `acct_${MARKER}`],
  ['origin', 'https://evil.example'],
  ['cookie', `session=${MARKER}`],
  ['expect', MARKER],
  ['host', `${MARKER}.example`],
  ['x-long', MARKER.repeat(800)],
];
const EDITS: [string, (text: string) => string | Buffer][] = [
  ['cut off', (text) => text.slice(0, -1)],
  ['halved', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['twice', (text) => text + text],
  ['with a trailing comma', (text) => text.replace(/\}$/, ',}')],
  ['with a byte order mark', (text) => `\ufeff${text}`],
  ['with a NUL', (text) => `${text}\u0000`],
  ['not UTF-8', (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xc0])])],
  ['with comments', (text) => `/* ${MARKER} */${text}`],
  ['in single quotes', (text) => text.replaceAll('"', "'")],
  ['nested deeply', (text) => '['.repeat(20_000) + text],
  ['nested deeply, and closed', (text) => `${'{"a":'.repeat(5_000)}${text || '1'}${'}'.repeat(5_000)}`],
  ['at the size limit', (text) => text.padEnd(BODY_LIMIT_BYTES)],
  ['over the size limit', (text) => text.padEnd(BODY_LIMIT_BYTES + 1)],
];

/** Any mutation, each kind with the same probability. */
export function mutations(pool: Pool): fc.Arbitrary<Mutation> {
  return fc.oneof(
    ...bodyMutations(pool),
    ...queryMutations(),
    ...pathMutations(pool),
    fc
      .constantFrom(...METHODS)
      .map((method) => mutation(`method ${method}`, (draft) => (draft.method = method))),
    credentials(),
    fc
      .constantFrom(...MEDIA_TYPES)
      .map((type) => mutation(`content-type ${type}`, (draft) => (draft.mediaType = type))),
    fc
      .constantFrom(...HEADERS)
      .map((header) => mutation(`header ${header[0]}`, (draft) => draft.headers.push(header))),
    hostileText.map((key) =>
      mutation('Idempotency-Key', (draft) => draft.headers.push(['idempotency-key', key])),
    ),
  );
}

/** Any other credential, or none. */
export function credentials(): fc.Arbitrary<Mutation> {
  return fc
    .constantFrom(...CREDENTIALS)
    .map((credential) => mutation(`credential: ${credential}`, (draft) => (draft.credential = credential)));
}

function mutation(what: string, apply: (draft: Draft) => unknown): Mutation {
  return { what, apply: (draft) => void apply(draft) };
}

function bodyMutations(pool: Pool): fc.Arbitrary<Mutation>[] {
  const at = fc.nat(1000);
  return [
    fc
      .tuple(at, fc.oneof(hostileValue, anyId(pool)))
      .map(([index, value]) => mutation('a value replaced', (draft) => replaceIn(draft, index, value))),
    fc
      .tuple(at, hostileText)
      .map(([index, text]) => mutation('a text replaced', (draft) => replaceIn(draft, index, text))),
    at.map((index) =>
      mutation('a field removed', (draft) => {
        const [container, key] = placeIn(draft.body, index);
        if (container) delete container[key];
      }),
    ),
    fc
      .tuple(at, hostileName, hostileValue)
      .map(([index, name, value]) => mutation('a field added', (draft) => addTo(draft, index, name, value))),
    hostileValue.map((value) => mutation('the body replaced', (draft) => setBody(draft, value))),
    fc.constantFrom(...EDITS).map(([what, edit]) =>
      mutation(`body ${what}`, (draft) => {
        draft.mediaType ??= 'application/json';
        draft.edits.push(edit);
      }),
    ),
    fc
      .tuple(at, hostileValue)
      .map(([index, value]) =>
        mutation('a field twice', (draft) =>
          draft.edits.push((text) => repeatField(text, draft.body, index, value)),
        ),
      ),
  ];
}

function queryMutations(): fc.Arbitrary<Mutation>[] {
  return [
    fc
      .tuple(hostileName, hostileText)
      .map(([name, value]) =>
        mutation('a query parameter added', (draft) => draft.query.push([name, value])),
      ),
    fc.tuple(fc.nat(5), hostileText).map(([index, value]) =>
      mutation('a query value replaced', (draft) => {
        const pair = draft.query[index % draft.query.length];
        if (pair) pair[1] = value;
      }),
    ),
    fc.constantFrom('[]', '[0]', '[a]', '.a', '').map((suffix) =>
      mutation(`a query parameter again as name${suffix}`, (draft) => {
        const [name, value] = draft.query[0] ?? ['limit', '1'];
        draft.query.push([name + suffix, value]);
      }),
    ),
  ];
}

function pathMutations(pool: Pool): fc.Arbitrary<Mutation>[] {
  const suffixes = [
    '/',
    '//',
    '/..',
    '/%2e%2e',
    '%00',
    '%',
    '%zz',
    '%5c..',
    '?',
    '??',
    '#x',
    ';x',
    `/${MARKER}`,
  ];
  return [
    fc.tuple(fc.nat(5), fc.oneof(hostileText, anyId(pool))).map(([index, value]) =>
      mutation('a path parameter replaced', (draft) => {
        if (draft.path.length > 0) draft.path[index % draft.path.length] = value;
      }),
    ),
    fc
      .constantFrom(...suffixes)
      .map((suffix) => mutation(`path with ${suffix}`, (draft) => (draft.target = pathOf(draft) + suffix))),
    hostileText.map((text) =>
      mutation('another path', (draft) => (draft.target = `/${encodeLossy(text).replaceAll('%2F', '/')}`)),
    ),
    hostileText.map((text) => mutation('a raw path', (draft) => (draft.target = pathOf(draft) + text))),
  ];
}

function setBody(draft: Draft, value: unknown): void {
  draft.body = structuredClone(value);
  draft.mediaType ??= 'application/json';
}

function replaceIn(draft: Draft, index: number, value: unknown): void {
  const [container, key] = placeIn(draft.body, index);
  if (container) setProperty(container, key, value);
  else setBody(draft, value);
}

function addTo(draft: Draft, index: number, name: string, value: unknown): void {
  const containers = placesIn(draft.body).map(([container]) => container);
  const container = containers[index % containers.length];
  if (container) setProperty(container, name, value);
  else setBody(draft, Object.fromEntries([[name, value]]));
}

/** Also sets `__proto__` as a field of its own. A copy, because later mutations must not change what fast-check keeps. */
function setProperty(container: Container, key: string, value: unknown): void {
  const copy: unknown = structuredClone(value);
  Object.defineProperty(container, key, {
    value: copy,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function placeIn(body: unknown, index: number): [Container, string] | [undefined, ''] {
  const places = placesIn(body);
  return places[index % places.length] ?? [undefined, ''];
}

/** Every field and item of a JSON value, at any depth. */
function placesIn(value: unknown): [Container, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as Container;
  const own = Object.keys(container).map((key): [Container, string] => [container, key]);
  return own.concat(Object.values(container).flatMap(placesIn));
}

/** The JSON text with one of its top-level fields a second time. */
function repeatField(text: string, body: unknown, index: number, value: unknown): string {
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const name = names[index % names.length] ?? 'amount';
  const field = `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`;
  return text.startsWith('{') && text.length > 2 ? `{${field},${text.slice(1)}` : `{${field},${field}}`;
}
