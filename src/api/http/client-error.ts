import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { invalidField, Problem } from '#core/problem.js';
import { PROBLEM_MEDIA_TYPE, problemDocument, problemHeaders } from './problem-document.js';
import { REQUEST_ID_HEADER } from './request-id.js';

const HEAD_REQUEST = 'HEAD ';

/** The problem of a request that Node's HTTP parser refuses. There is no request object and no route for it. */
export function clientErrorProblem({ code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout');
    default:
      return invalidField('request', 'is not valid HTTP');
  }
}

/**
 * Whether Node's HTTP parser has refused a HEAD request, as far as its last packet shows. The response has no content
 * then: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
 */
export function isHeadRequest({ rawPacket }: NodeJS.ErrnoException & { rawPacket?: Buffer }): boolean {
  return rawPacket?.toString('latin1', 0, HEAD_REQUEST.length) === HEAD_REQUEST;
}

/** Answers with a problem document where there is no response object, and closes the connection. */
export function sendRawProblem(
  { slug, status, extras }: Problem,
  socket: Socket,
  { withContent = true } = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const body = JSON.stringify(problemDocument(slug, extras, requestId));
  const headers = {
    ...problemHeaders(slug, extras),
    [REQUEST_ID_HEADER]: requestId,
    'Content-Type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const response = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${withContent ? body : ''}`;
  socket.end(response, () => socket.destroy());
}
