import type { FastifyInstance, FastifyRequest } from 'fastify';

type OnGone = (request: FastifyRequest) => void;

/**
 * Tells of each request whose client goes before the response is sent. Fastify's hook `onRequestAbort` misses those whose
 * body has been read: https://github.com/fastify/fastify/issues/4690.
 */
export class GoneClients {
  private readonly listeners: OnGone[] = [];

  /** Before any route is registered. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (request, { raw }, done) => {
      // Before Fastify's own listener, which takes the response for sent.
      raw.prependOnceListener('finish', () => {
        if (isGone(request)) this.tell(request);
      });
      raw.once('close', () => {
        if (!raw.writableFinished) this.tell(request);
      });
      done();
    });
  }

  listen(onGone: OnGone): void {
    this.listeners.push(onGone);
  }

  private tell(request: FastifyRequest): void {
    for (const onGone of this.listeners) onGone(request);
  }
}

/**
 * Whether the connection of a request is closed. If it is when the response emits `finish`, not all of that has been sent:
 * Node also emits it for what a closed connection drops.
 */
export function isGone({ raw }: FastifyRequest): boolean {
  return raw.socket.destroyed;
}
