import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestSpan, Tracing } from '../../tracing/tracing.js';
import type { GoneClients } from './gone-clients.js';
import { operationIdOf, routeOf } from './request-log.js';

/**
 * Records each request as a span, with the caller's `traceparent` as its parent. Call it before hooks that do something for
 * a request are added.
 * Attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server, without the URL, which may contain
 * the id of a user.
 */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing, clients: GoneClients): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  const end = (request: FastifyRequest, attributes: Record<string, string | number>, failure?: string) => {
    const span = spans.get(request);
    if (!span) return;
    spans.delete(request);
    span.set({ ...attributes, 'paydesk.operation_id': operationIdOf(request) });
    if (failure !== undefined) span.fail(failure);
    span.end();
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = routeOf(request);
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'paydesk.request_id': request.id,
    };
    const span: RequestSpan = tracing.startRequest(
      { name: `${request.method} ${route}`, kind: 'server', attributes },
      request.headers,
    );
    spans.set(request, span);
    span.run(done);
  });
  // The body has arrived in events of the connection, which do not belong to the span.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const failure = statusCode >= 500 ? String(statusCode) : undefined;
    end(request, { 'http.response.status_code': statusCode }, failure);
    done();
  });
  clients.listen((request) => end(request, {}, 'aborted'));
}
