import type { IncomingHttpHeaders } from 'node:http';

/** What a request is refused by before it is authenticated. */
export interface RequestHead {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingHttpHeaders;
}

const HEAD_MAX_BYTES = 16 * 1024;
const REQUEST_LINE = /^(GET|POST|PUT|DELETE) (\/[!-~]*) HTTP\/1\.1(?=\r\n)/;
/** Sticky, so that no line is copied for it. Each character matches in one way only, so the time is linear. */
const FIELD = /\r\n([!#$%&'*+.^_`|~\w-]+):([ -~]*)(?=\r\n)/y;
const HEAD_END = '\r\n\r\n';
const LENGTH = /^\d{1,6}$/;
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'DELETE']);
/** They change where a request ends, or what has to be answered. */
const LEFT_TO_THE_PARSER: ReadonlySet<string> = new Set(['transfer-encoding', 'expect', 'upgrade', 'origin']);

/**
 * The head of a request if some bytes are exactly this request, as most clients send it, and nothing about it is unusual.
 * Undefined for everything else, which is left to Node's HTTP parser: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function wholeRequest(bytes: Buffer): RequestHead | undefined {
  const text = bytes.toString('latin1', 0, HEAD_MAX_BYTES);
  const [requestLine = '', method, url] = REQUEST_LINE.exec(text) ?? [];
  if (method === undefined) return undefined;
  const fields = fieldsOf(text, requestLine.length);
  if (fields?.headers['host'] === undefined) return undefined;
  const { headers, end } = fields;
  const { 'content-length': length = '0', connection = 'keep-alive' } = headers;
  if (connection.toLowerCase() !== 'keep-alive') return undefined;
  if (!LENGTH.test(length) || (WITHOUT_BODY.has(method) && length !== '0')) return undefined;
  return bytes.length === end + Number(length) ? { method, url, headers } : undefined;
}

/** The header fields, and where they end. Undefined if one of them is unusual, repeated or left to the parser. */
function fieldsOf(text: string, start: number) {
  const headers: Record<string, string> = {};
  let end = start;
  FIELD.lastIndex = start;
  for (let field = FIELD.exec(text); field; field = FIELD.exec(text)) {
    const [, name = '', value = ''] = field;
    const key = name.toLowerCase();
    if (key in headers || LEFT_TO_THE_PARSER.has(key)) return undefined;
    headers[key] = value.trim();
    end = FIELD.lastIndex;
  }
  return text.startsWith(HEAD_END, end) ? { headers, end: end + HEAD_END.length } : undefined;
}
