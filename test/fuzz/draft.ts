import fc from 'fast-check';
import type { Operation } from '../support/openapi.js';
import { fromSchema } from './from-schema.js';
import { encodeLossy, type RawRequest, sendableTarget, sendableValue } from './http.js';
import { type Pool, withIds } from './pool.js';

/** The credentials that a request may come with. */
export type Credential =
  | 'user'
  | 'partner'
  | 'service'
  | 'none'
  | 'unknown key'
  | 'key without scopes'
  | 'revoked key'
  | 'expired key'
  | 'foreign token'
  | 'garbage';

/** A request that mutations may still change. */
export interface Draft {
  operation: Operation;
  method: string;
  credential: Credential;
  /** The values in the path, in order. */
  path: string[];
  query: [name: string, value: string][];
  headers: [name: string, value: string][];
  mediaType: string | undefined;
  body: unknown;
  /** Changes the text of the body once it is JSON. */
  edits: ((text: string) => string | Buffer)[];
  /** Replaces path and query. */
  target?: string;
  /** What was changed, for the report. */
  changes: string[];
}

const PLACEHOLDER = /\{\w+\}/g;

/** Its answer is not the documented one of the operation. `dry-run.spec.ts` sends it. */
const DRY_RUN = 'Dry-Run';

/** A request that follows the documentation of an operation. */
export function validDraft(operation: Operation, pool: Pool): fc.Arbitrary<Draft> {
  const valuesIn = (place: string) =>
    operation.parameters.filter((parameter) => parameter.in === place && parameter.name !== DRY_RUN);
  const named = (place: string) =>
    fc.record(
      Object.fromEntries(valuesIn(place).map(({ name, schema }) => [name, fromSchema(schema, pool, name)])),
      { requiredKeys: valuesIn(place).flatMap(({ name, required }) => (required ? [name] : [])) },
    );
  const path = fc.tuple(...valuesIn('path').map(({ name, schema }) => fromSchema(schema, pool, name)));
  const kinds: Credential[] = operation.callers.map(({ kind }) => kind);
  const credential = fc.constantFrom<Credential>(...(kinds.length > 0 ? kinds : (['none'] as const)));
  return fc
    .record({
      path,
      query: named('query'),
      headers: named('header'),
      credential,
      body: bodyOf(operation, pool),
    })
    .map((parts) => ({
      operation,
      method: operation.method,
      credential: parts.credential,
      path: parts.path.map(String),
      query: Object.entries(parts.query).map(([name, value]) => [name, String(value)]),
      headers: Object.entries(parts.headers).map(([name, value]) => [name, String(value)]),
      mediaType: parts.body === undefined ? undefined : 'application/json',
      body: parts.body,
      edits: [],
      changes: [],
    }));
}

function bodyOf({ body }: Operation, pool: Pool): fc.Arbitrary<unknown> {
  if (!body) return fc.constant(undefined);
  const examples = body.examples.map((example) => ({ arbitrary: withIds(example, pool), weight: 2 }));
  return fc.oneof(...examples, { arbitrary: fromSchema(body.schema, pool), weight: 3 });
}

/** The draft as it is sent, without its credential. */
export function toRequest(draft: Draft): RawRequest {
  const body = bodyBytes(draft);
  const headers: [string, string][] = draft.headers.map(([name, value]) => [name, sendableValue(value)]);
  if (draft.mediaType !== undefined) headers.push(['content-type', sendableValue(draft.mediaType)]);
  // Without a length, Node's client announces a body of unknown length.
  headers.push(['content-length', String(body?.length ?? 0)]);
  return { method: draft.method, target: sendableTarget(draft.target ?? targetOf(draft)), headers, body };
}

function targetOf(draft: Draft): string {
  const pairs = draft.query.map(([name, value]) => `${encodeLossy(name)}=${encodeLossy(value)}`);
  return pathOf(draft) + (pairs.length > 0 ? `?${pairs.join('&')}` : '');
}

/** The path with its values. */
export function pathOf({ operation, path }: Draft): string {
  const values = path.map(encodeLossy);
  return operation.path.replaceAll(PLACEHOLDER, () => values.shift() ?? '');
}

function bodyBytes({ body, edits }: Draft): Buffer | undefined {
  if (body === undefined && edits.length === 0) return undefined;
  let bytes: string | Buffer = body === undefined ? '' : (JSON.stringify(body) ?? '');
  for (const edit of edits) bytes = edit(bytes.toString());
  return Buffer.from(bytes);
}
