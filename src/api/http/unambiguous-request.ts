import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalidField, Problem } from '#core/problem.js';

const MAX_HEADERS = 100;

/**
 * Headers that have one value. If one is repeated, Node keeps the first or joins them, and another parser may keep the
 * last: https://nodejs.org/api/http.html#messageheaders
 */
const SINGLE_HEADERS = new Map(
  [
    'Age',
    'Authorization',
    'Content-Encoding',
    'Content-Length',
    'Content-Type',
    'ETag',
    'Expect',
    'Expires',
    'From',
    'Host',
    'If-Modified-Since',
    'If-Unmodified-Since',
    'Last-Modified',
    'Location',
    'Max-Forwards',
    'Origin',
    'Proxy-Authorization',
    'Range',
    'Referer',
    'Retry-After',
    'Server',
    'Stripe-Signature',
    'Transfer-Encoding',
    'User-Agent',
    'X-Request-Id',
  ].map((name) => [name.toLowerCase(), name]),
);

/** https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2, without a user name and password */
const HOST = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d*)?$/i;
const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)/i;
/** Content has no meaning in these requests: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1 */
const WITHOUT_BODY: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'DELETE']);

/**
 * Refuses requests that a proxy in front of this service could read differently, which is how requests are smuggled:
 * https://www.rfc-editor.org/rfc/rfc9112#section-11.2. Node's parser refuses others before. Closes the connection,
 * because nobody can say where the next request begins.
 *
 * @throws {Problem} `invalid-request`, or `headers-too-large` for more than 100 headers
 */
export function requireUnambiguous({ raw }: FastifyRequest, reply: FastifyReply): void {
  try {
    checkHead(raw);
  } catch (error) {
    void reply.header('Connection', 'close');
    throw error;
  }
}

/** Whether {@link requireUnambiguous} would refuse a request. */
export function isAmbiguous(request: IncomingMessage): boolean {
  try {
    checkHead(request);
    return false;
  } catch {
    return true;
  }
}

function checkHead(request: IncomingMessage): void {
  if (request.rawHeaders.length / 2 > MAX_HEADERS) throw new Problem('headers-too-large');
  refuseRepeated(request.rawHeaders);
  requireHost(request);
  requirePlainFraming(request);
  const { expect } = request.headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw invalidField('Expect', 'must be 100-continue');
  }
}

function refuseRepeated(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = SINGLE_HEADERS.get(rawHeaders[i]?.toLowerCase() ?? '');
    if (!name) continue;
    if (seen.has(name)) throw invalidField(name, 'must not be sent more than once');
    seen.add(name);
  }
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function requireHost({ headers: { host }, httpVersion, url = '' }: IncomingMessage): void {
  if (host === undefined && httpVersion !== '1.0') throw invalidField('Host', 'is required');
  if (host !== undefined && !HOST.test(host)) throw invalidField('Host', 'is not a valid host');
  const [, authority] = ABSOLUTE_TARGET.exec(url) ?? [];
  if (authority !== undefined && authority !== host) throw invalidField('Host', 'is not the host of the URL');
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.1 */
function requirePlainFraming({ headers, httpVersion, method }: IncomingMessage): void {
  const { 'transfer-encoding': coding, 'content-length': length = '0' } = headers;
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    throw invalidField('Transfer-Encoding', 'must be chunked, in HTTP/1.1');
  }
  if (WITHOUT_BODY.has(method) && (coding !== undefined || length !== '0')) {
    throw invalidField('body', 'is not allowed with this method');
  }
}
