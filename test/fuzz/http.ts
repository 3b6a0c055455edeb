import { request as httpRequest } from 'node:http';

/** A request as it is sent. */
export interface RawRequest {
  method: string;
  /** Path and query, percent-encoded. */
  target: string;
  /** Names and values. A name may occur more than once. */
  headers: [name: string, value: string][];
  body: Buffer | undefined;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Removes what Node's client refuses to send in a header's value. */
export function sendableValue(value: string): string {
  return value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/gu, '');
}

/** Escapes what Node's client refuses to send in a path. */
export function sendableTarget(target: string): string {
  return target.replaceAll(/[^\u0021-\u00ff]/gu, encodeLossy);
}

/** `encodeURIComponent`, also for lone surrogates. */
export function encodeLossy(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** Node's client adds no Host to headers that may repeat. */
function headersFor(host: string, { headers }: RawRequest): [string, string][] {
  return headers.some(([name]) => name === 'host') ? headers : [['host', host], ...headers];
}

/**
 * Sends a request on a connection of its own.
 *
 * @throws {Error} if no complete answer comes within `deadlineMs`
 */
export function send(url: string, request: RawRequest, deadlineMs: number): Promise<RawAnswer> {
  const { host, hostname, port } = new URL(url);
  const { method, target, body } = request;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      hostname,
      port,
      method,
      path: target,
      headers: headersFor(host, request).flat(),
      agent: false,
      signal: AbortSignal.timeout(deadlineMs),
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        outgoing.destroy();
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        resolve({ status: response.statusCode ?? 0, headers, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.end(body);
  });
}
