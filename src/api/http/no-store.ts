import type { FastifyInstance } from 'fastify';

/** Responses contain client secrets and what customers buy: https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5 */
export const NO_STORE = { 'Cache-Control': 'no-store' };

/** Forbids caches to keep a response, except for files of the documentation. */
export function forbidCaching(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.url?.startsWith('/docs')) void reply.headers(NO_STORE);
    done();
  });
}
