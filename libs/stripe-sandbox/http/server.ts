import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { failures, type StripeFailure } from './errors.js';
import { foreignRequest } from './foreign-requests.js';
import type { Pipeline, WireRequest } from './pipeline.js';
import type { Reply } from './reply.js';
import type { Route } from './route.js';

/**
 * An HTTP server for the routes: what happens before and after the pipeline.
 * @param hostNames names to which it answers, beside those of the loopback interface
 */
export function createServer(
  pipeline: Pipeline,
  routes: readonly Route[],
  hostNames: ReadonlySet<string>,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // Longer than clients keep idle connections, so that no request meets a closing connection.
    keepAliveTimeout: 75_000,
    // 255 characters of an id, percent-encoded.
    routerOptions: { maxParamLength: 255 * 4 * 3 },
    frameworkErrors: (_error, request, reply) =>
      void send(reply as FastifyReply, pipeline.refuse(causeOf(request as FastifyRequest))),
  });
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = foreignRequest(request, hostNames);
    if (refusal) void send(reply, pipeline.refuse(refusal));
    else done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler(async (request, reply) => send(reply, await answer(undefined, request, reply)));
  app.setErrorHandler((error: FastifyError, request, reply) =>
    send(reply, pipeline.refuse(causeOf(request, error))),
  );

  const answer = (route: Route | undefined, request: FastifyRequest, reply: FastifyReply) =>
    pipeline.answer(route, wireRequestOf(request), reply.raw);
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => send(reply, await answer(route, request, reply)),
    });
  }
  return app;
}

function send(reply: FastifyReply, answer: Reply | undefined): FastifyReply {
  if (!answer || reply.raw.destroyed) return reply.hijack();
  const { status, headers, body, deliver } = answer;
  if (deliver) {
    reply.hijack();
    deliver(reply.raw, answer);
    return reply;
  }
  return reply.code(status).headers(headers).type('application/json').send(body);
}

/** The error for a request that never reached the pipeline: an unreadable URL, a body too large. */
function causeOf(request: FastifyRequest, error?: FastifyError): StripeFailure {
  if (error === undefined) return failures.unknownUrl(request.method, request.url);
  return error.statusCode === 413 ? failures.tooLarge() : failures.internal();
}

function wireRequestOf(request: FastifyRequest): WireRequest {
  const [path = '', query = ''] = request.url.split('?', 2);
  return {
    method: request.method,
    path,
    query,
    body: typeof request.body === 'string' ? request.body : '',
    headers: request.headers,
    named: request.params as Record<string, string>,
  };
}
