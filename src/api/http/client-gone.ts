import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Calls back for each request whose client goes before the response is sent. Fastify's hook `onRequestAbort` misses those
 * whose body has been read: https://github.com/fastify/fastify/issues/4690. Call it before any route is registered.
 */
export function onClientGone(fastify: FastifyInstance, onGone: (request: FastifyRequest) => void): void {
  fastify.addHook('onRequest', (request, { raw }, done) => {
    raw.once('close', () => {
      if (!raw.writableFinished) onGone(request);
    });
    done();
  });
}
