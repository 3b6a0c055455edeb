import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidField, Problem } from '#core/problem.js';
import { countKeys, jsonShape } from './json-shape.js';
import { wantsRawBody } from './raw-body.js';

type BodyDone = (error: Error | null, body?: unknown) => void;

const JSON_MAX_DEPTH = 32;
const JSON_MAX_KEYS = 1000;
const CHARSETS = /;\s*charset\s*=\s*"?([^";\s]*)/gi;
const UTF_8 = /^utf-?8$/i;
/** Or an empty element of the list: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1 */
const IDENTITY = /^\s*(identity)?\s*$/i;

/**
 * Accepts bodies in JSON only, and in no other encoding than UTF-8, with or without a byte order mark:
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1. An empty body counts as none. Refuses deep nesting, which costs
 * stack, many keys, and keys that one object has twice, of which another parser may take the other value.
 */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const refusal = refusalOf(request.headers, body);
    if (refusal) done(refusal);
    else if (body.length === 0) done(null, undefined);
    else if (wantsRawBody(request)) done(null, body.toString());
    else parseShaped(request, body.toString(), done);
  });

  function parseShaped(request: FastifyRequest, text: string, done: BodyDone): void {
    const { depth, keys } = jsonShape(text);
    if (depth > JSON_MAX_DEPTH)
      return done(invalidField('body', `must not be nested deeper than ${JSON_MAX_DEPTH} levels`));
    if (keys > JSON_MAX_KEYS)
      return done(invalidField('body', `must not have more than ${JSON_MAX_KEYS} keys`));
    void parseJson(request, text, (error, value: unknown) => {
      if (!error && countKeys(value) !== keys)
        done(invalidField('body', 'must not have a key twice in one object'));
      else done(error, value);
    });
  }
}

function refusalOf(headers: IncomingHttpHeaders, body: Buffer): Problem | undefined {
  const charsets = [...(headers['content-type'] ?? '').matchAll(CHARSETS)];
  const encodings = headers['content-encoding']?.split(',') ?? [];
  const isSupported =
    charsets.every(([, charset = '']) => UTF_8.test(charset)) &&
    encodings.every((name) => IDENTITY.test(name));
  if (!isSupported) return new Problem('unsupported-media-type');
  // Decoding would replace the invalid bytes.
  return isUtf8(body) ? undefined : invalidField('body', 'is not valid UTF-8');
}
