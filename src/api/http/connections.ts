import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** More requests than these that wait for an answer on one connection close it. */
const MAX_WAITING_REQUESTS = 16;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

interface Connection {
  /** Being answered, or answered before its body has arrived. */
  current?: Exchange;
  waiting: Exchange[];
}

/**
 * The open connections of a server, and what each is busy with. Requests that a client pipelines are answered one after
 * the other, which https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2 permits: Node would handle all of them at once
 * and keep all responses in memory until the client reads them.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>();

  /** @param idleWriteMs how long a client may read nothing of a response before its connection is closed */
  constructor(private readonly idleWriteMs: number) {}

  /** Keeps track of a new connection until it is closed. */
  add(socket: Socket): void {
    this.open.set(socket, { waiting: [] });
    socket.once('close', () => this.open.delete(socket));
  }

  /** Makes a handler of requests handle one at a time for each connection. */
  oneAtATime(handler: RequestListener): RequestListener {
    return (request, response) => {
      const connection = this.open.get(request.socket);
      if (!connection || request.socket.destroyed) return;
      if (!connection.current) this.handle(handler, connection, { request, response });
      else if (connection.waiting.length < MAX_WAITING_REQUESTS)
        connection.waiting.push({ request, response });
      else request.socket.destroy();
    };
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

  private handle(handler: RequestListener, connection: Connection, exchange: Exchange): void {
    const { request, response } = exchange;
    connection.current = exchange;
    // Node calls this also while a handler takes long, when nothing waits to be read.
    response.setTimeout(this.idleWriteMs, () => {
      if (request.socket.writableLength > 0) request.socket.destroy();
    });
    response.once('close', () => {
      if (request.complete) this.handleNext(handler, connection);
      else request.once('close', () => this.handleNext(handler, connection));
    });
    handler(request, response);
  }

  private handleNext(handler: RequestListener, connection: Connection): void {
    const next = connection.waiting.shift();
    if (!next) delete connection.current;
    else if (!next.request.socket.destroyed) this.handle(handler, connection, next);
  }
}
