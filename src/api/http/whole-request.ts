import type { IncomingHttpHeaders } from 'node:http';

/** What a request is refused by before it is authenticated. */
export interface RequestHead {
  method?: string | undefined;
  url?: string | undefined;
  headers: DecisiveHeaders;
}

/** All that is read of a head by then. */
type DecisiveHeaders = Partial<
  Pick<IncomingHttpHeaders, 'access-control-request-method' | 'authorization' | 'origin' | 'x-request-id'>
>;

const HEAD_MAX_BYTES = 16 * 1024;
/** Each character matches in one way only, so the time is linear. */
const HEAD = /^(GET|POST|PUT|DELETE) (\/[!-~]*) HTTP\/1\.1((?:\r\n[!#$%&'*+.^_`|~\w-]+:[ -~]*)*)\r\n\r\n/;
/** The fields that decide about a request before it is authenticated, where it ends, or what has to be answered. */
const DECISIVE =
  /\r\n(authorization|connection|content-length|expect|host|origin|proxy-connection|transfer-encoding|upgrade|x-request-id):([ -~]*)/gi;
const LEFT_TO_THE_PARSER: ReadonlySet<string> = new Set([
  'expect',
  'origin',
  // Node's parser takes it for `Connection`.
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const LENGTH = /^\d{1,6}$/;
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'DELETE']);

/**
 * The head of a request, with the decisive fields only, if some bytes are exactly this request, as most clients send it, and
 * nothing about it is unusual. Undefined for everything else, which is left to Node's HTTP parser:
 * https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function wholeRequest(bytes: Buffer): RequestHead | undefined {
  const text = bytes.toString('latin1', 0, HEAD_MAX_BYTES);
  const [head = '', method = '', url, fields = ''] = HEAD.exec(text) ?? [];
  const headers = decisiveFields(fields);
  if (headers?.['host'] === undefined) return undefined;
  const { 'content-length': length = '0', connection = 'keep-alive' } = headers;
  if (connection.toLowerCase() !== 'keep-alive') return undefined;
  if (!LENGTH.test(length) || (WITHOUT_BODY.has(method) && length !== '0')) return undefined;
  return bytes.length === head.length + Number(length) ? { method, url, headers } : undefined;
}

/** Undefined if one of them is repeated or left to the parser. */
function decisiveFields(lines: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const [, name = '', value = ''] of lines.matchAll(DECISIVE)) {
    const key = name.toLowerCase();
    if (LEFT_TO_THE_PARSER.has(key) || headers[key] !== undefined) return undefined;
    headers[key] = value.trim();
  }
  return headers;
}
