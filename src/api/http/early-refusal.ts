import type { ServerResponse } from 'node:http';
import { CORS_EXPOSED_HEADERS } from './cors.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, problemHeaders } from './problem-document.js';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.js';
import type { RequestHead } from './whole-request.js';

const PLACE_OF_ID = 'REQUEST-ID';
const STATUS = 503;
const REASON = 'Service Unavailable';

/** The answer to requests that are refused before they are authenticated. All but the id in it is made once. */
export class EarlyRefusal {
  private readonly bodyParts: readonly string[];
  private readonly headers: Record<string, string>;
  private readonly rawHead: string;
  private readonly readers: ReadonlySet<string>;

  /** @param origins whose pages may read it */
  constructor(origins: readonly string[]) {
    this.bodyParts = JSON.stringify(problemDocument('unavailable', {}, PLACE_OF_ID)).split(PLACE_OF_ID);
    this.headers = {
      ...problemHeaders('unavailable', {}),
      'Content-Type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    };
    const lines = Object.entries(this.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.rawHead = `HTTP/1.1 ${STATUS} ${REASON}\r\n${lines.join('')}`;
    this.readers = new Set(origins.map((origin) => new URL(origin).origin));
  }

  /** Sends it. @param isLast whether the connection is closed afterwards */
  send(request: RequestHead, response: ServerResponse, isLast: boolean): void {
    const id = requestIdOf(request);
    const body = this.bodyParts.join(id);
    response.writeHead(STATUS, {
      ...this.headers,
      [REQUEST_ID_HEADER]: id,
      'Content-Length': body.length,
      ...this.corsHeaders(request),
      ...(isLast && { Connection: 'close' }),
    });
    response.end(body);
  }

  /** All bytes of it, for a request without an `Origin`. */
  bytes(request: RequestHead): string {
    const id = requestIdOf(request);
    const body = this.bodyParts.join(id);
    return `${this.rawHead}${REQUEST_ID_HEADER}: ${id}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }

  private corsHeaders({ headers: { origin } }: RequestHead) {
    if (origin === undefined || !this.readers.has(origin)) return undefined;
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': CORS_EXPOSED_HEADERS.join(', '),
      Vary: 'Origin',
    };
  }
}
