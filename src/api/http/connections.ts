import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type RequestHead, wholeRequest } from './whole-request.js';

/** More requests than these that wait for an answer on one connection close it. */
const MAX_WAITING_REQUESTS = 16;
/** More bytes than these that were read after the first waiting request close the connection. Node reads 64 KiB at once. */
const MAX_WAITING_BYTES = 64 * 1024;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What had been read from the connection when the headers had arrived. */
  readBytes: number;
}

/**
 * Decides about a request before Node's HTTP parser gets it.
 *
 * @param parse gives all of it to the parser
 * @returns the bytes that answer it; undefined if it has been parsed
 */
export type AnswerUnparsed = (request: RequestHead, parse: () => void) => string | undefined;

interface Connection {
  /** Whether Node's HTTP parser has got something. Its timeout for the first request would end a connection without. */
  isParsed: boolean;
  /** Whether the parser has got whole requests only, each after the answer to the one before. */
  isInStep: boolean;
  /** Being answered, or answered before its body has arrived. */
  current?: Exchange;
  waiting: Exchange[];
  /** The last write that the client took completely, while others wait for it. */
  progress?: { takenBytes: number; atMs: number };
}

/**
 * The open connections of a server, and what each is busy with. Requests that a client pipelines are answered one after
 * the other, which https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2 permits: Node would handle all of them at once
 * and keep all responses in memory until the client reads them.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>();

  /**
   * @param writeTimeoutMs how long a client may take for one write of a response, which is all of a JSON body or 64 KiB
   *   of a file. It is not how long a client may read nothing: a few bytes now and then would keep a connection open.
   */
  constructor(private readonly writeTimeoutMs: number) {}

  /**
   * Keeps track of a new connection of Node's HTTP server until it is closed.
   *
   * @param answerUnparsed asked for each request that comes in one piece, after the first one
   */
  add(socket: Socket, answerUnparsed: AnswerUnparsed): void {
    const connection: Connection = { isParsed: false, isInStep: true, waiting: [] };
    this.open.set(socket, connection);
    socket.once('close', () => this.open.delete(socket));
    // The parser listens to the connection. As it would read it natively otherwise, it gets the bytes from here.
    const parsers = socket.listeners('data') as ((bytes: Buffer) => void)[];
    socket.removeAllListeners('data');
    socket.on('data', (bytes: Buffer) => {
      const parse = () => parsers.forEach((parser) => parser.call(socket, bytes));
      const request = this.unparsed(socket, connection, bytes);
      if (!request) return parse();
      const answer = answerUnparsed(request, parse);
      if (answer !== undefined) socket.write(answer, 'latin1');
    });
  }

  /** Makes a handler of requests handle one at a time for each connection. */
  oneAtATime(handler: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      const connection = this.open.get(socket);
      if (!connection || socket.destroyed) return;
      const exchange = { request, response, readBytes: socket.bytesRead };
      const { current, waiting } = connection;
      const waitingBytes = socket.bytesRead - (waiting[0] ?? exchange).readBytes;
      if (!current) this.handle(handler, connection, exchange);
      else if (waiting.length < MAX_WAITING_REQUESTS && waitingBytes <= MAX_WAITING_BYTES)
        waiting.push(exchange);
      else socket.destroy();
    };
  }

  /** Closes every connection whose client is too slow in reading a response. Call it often. */
  closeSlowReaders(): void {
    const nowMs = performance.now();
    for (const [socket, connection] of this.open) {
      const { progress } = connection;
      const takenBytes = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0) delete connection.progress;
      else if (progress?.takenBytes !== takenBytes) connection.progress = { takenBytes, atMs: nowMs };
      else if (nowMs - progress.atMs > this.writeTimeoutMs) socket.destroy();
    }
  }

  /**
   * Whether a problem of the HTTP parser may be answered. It may not if the client would take the answer for that of an
   * earlier request, or for a second answer to the same one.
   */
  mayAnswer(socket: Socket): boolean {
    const current = this.open.get(socket)?.current;
    return !current || (!current.request.complete && !current.response.headersSent);
  }

  /** Closes every connection whose next request has not arrived completely. */
  closeUnfinished(): void {
    for (const [socket, { current }] of this.open) {
      if (!current?.request.complete) socket.destroy();
    }
  }

  /** The request that bytes are, if it may be answered before it is parsed. */
  private unparsed(socket: Socket, connection: Connection, bytes: Buffer): RequestHead | undefined {
    const request = connection.isInStep && !connection.current ? wholeRequest(bytes) : undefined;
    const mayAnswer = connection.isParsed && socket.writableLength === 0;
    connection.isParsed = true;
    connection.isInStep = request !== undefined;
    return mayAnswer ? request : undefined;
  }

  private handle(handler: RequestListener, connection: Connection, exchange: Exchange): void {
    const { request, response } = exchange;
    connection.current = exchange;
    response.once('close', () => {
      if (request.complete) this.handleNext(handler, connection);
      else request.once('close', () => this.handleNext(handler, connection));
    });
    handler(request, response);
  }

  private handleNext(handler: RequestListener, connection: Connection): void {
    const next = connection.waiting.shift();
    if (!next) delete connection.current;
    // Node gives no response to a request after one that has closed the connection, which is closed only later.
    else if (next.response.socket && !next.request.socket.destroyed) this.handle(handler, connection, next);
  }
}
