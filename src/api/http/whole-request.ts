import type { IncomingHttpHeaders } from 'node:http';

/** What a request is refused by before it is authenticated. */
export interface RequestHead {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingHttpHeaders;
}

const HEAD_END = '\r\n\r\n';
const REQUEST_LINE = /^(GET|POST|PUT|DELETE) (\/[!-~]*) HTTP\/1\.1$/;
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*((?:[!-~]+(?:[ \t]+[!-~]+)*)?)[ \t]*$/;
const LENGTH = /^\d{1,6}$/;
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'DELETE']);
/** They change where a request ends, or what has to be answered. */
const LEFT_TO_THE_PARSER: ReadonlySet<string> = new Set(['transfer-encoding', 'expect', 'upgrade', 'origin']);

/**
 * The head of a request if some bytes are exactly this request, as most clients send it, and nothing about it is unusual.
 * Undefined for everything else, which is left to Node's HTTP parser: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function wholeRequest(bytes: Buffer): RequestHead | undefined {
  const headLength = bytes.indexOf(HEAD_END);
  if (headLength < 0) return undefined;
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, headLength).split('\r\n');
  const [, method, url] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined) return undefined;
  const headers = headersOf(lines);
  if (headers?.host === undefined) return undefined;
  const { 'content-length': length = '0', connection = 'keep-alive' } = headers;
  if (connection.toLowerCase() !== 'keep-alive') return undefined;
  if (!LENGTH.test(length) || (WITHOUT_BODY.has(method) && length !== '0')) return undefined;
  const isWhole = bytes.length === headLength + HEAD_END.length + Number(length);
  return isWhole ? { method, url, headers } : undefined;
}

/** Undefined if there is one that is repeated or left to the parser. */
function headersOf(lines: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    const key = name.toLowerCase();
    if (name === '' || key in headers || LEFT_TO_THE_PARSER.has(key)) return undefined;
    headers[key] = value;
  }
  return headers;
}
