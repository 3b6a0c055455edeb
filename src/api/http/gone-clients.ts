import type { FastifyInstance, FastifyRequest } from 'fastify';
import { stateOf } from './request-state.js';

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
      // Before Fastify's own listener, which takes the response for sent. Node also emits it for what a closed connection drops.
      raw.prependOnceListener('finish', () => {
        if (request.raw.socket.destroyed) this.tell(request);
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
    const state = stateOf(request);
    if (state.isGone) return;
    state.isGone = true;
    for (const onGone of this.listeners) onGone(request);
  }
}
