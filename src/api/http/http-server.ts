import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { invalidField } from '#core/problem.js';
import { clientErrorProblem, isHeadRequest, sendRawProblem } from './client-error.js';
import type { AnswerUnparsed, Connections } from './connections.js';

/** Of the request line and the headers together. */
const HEADERS_MAX_BYTES = 16 * 1024;
/** Longer than load balancers keep idle connections, so that they never send a request to a closed one. */
const KEEP_ALIVE_MS = 72_000;
const CHECKS_PER_TIMEOUT = 10;
const CHECK_MAX_MS = 1000;

/** What a client may take of the server. */
export interface ServerLimits {
  /** How long a request may take to arrive, and a client to take one write of a response. */
  requestTimeoutMs: number;
  maxConnections: number;
}

/**
 * Node's HTTP server, strict and with deadlines. Requests that Node would answer by itself, without a problem document,
 * go to the handler, which refuses them (`unambiguous-request.ts`): those without a Host or with an unknown Expect.
 *
 * @param answerUnparsed answers requests before they are parsed, unless the server is closing
 */
export function createHttpServer(
  handler: RequestListener,
  connections: Connections,
  { requestTimeoutMs, maxConnections }: ServerLimits,
  answerUnparsed: AnswerUnparsed,
): Server {
  const checkingIntervalMs = Math.min(requestTimeoutMs / CHECKS_PER_TIMEOUT, CHECK_MAX_MS);
  const options: ServerOptions = {
    insecureHTTPParser: false,
    requireHostHeader: false,
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: checkingIntervalMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const handleInTurn = connections.oneAtATime(handler);
  const server = createServer(options, handleInTurn);
  server.maxConnections = maxConnections;
  // Node drops headers beyond the limit silently, so it gets none: `unambiguous-request.ts` counts them.
  server.maxHeadersCount = 0;
  const slowReaders = setInterval(() => connections.closeSlowReaders(), checkingIntervalMs);
  slowReaders.unref();
  server.once('close', () => clearInterval(slowReaders));
  const answerWhileOpen: AnswerUnparsed = (request, parse) => {
    if (server.listening) return answerUnparsed(request, parse);
    parse();
    return undefined;
  };
  server.on('connection', (socket: Socket) => connections.add(socket, answerWhileOpen));
  server.on('checkContinue', handleInTurn);
  server.on('checkExpectation', handleInTurn);
  server.on('connect', (_request, socket: Socket) => refuseConnect(socket));
  return server;
}

/** Answers what Node's HTTP parser refuses: https://nodejs.org/api/http.html#event-clienterror */
export function onClientError(connections: Connections) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!connections.mayAnswer(socket)) socket.destroy();
    else sendRawProblem(clientErrorProblem(error), socket, { withContent: !isHeadRequest(error) });
  };
}

/** For proxies, which this is not: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6 */
function refuseConnect(socket: Socket): void {
  // Node has taken its parser away from the connection.
  socket.removeAllListeners('data');
  sendRawProblem(invalidField('request', 'must not have the method CONNECT'), socket);
}
