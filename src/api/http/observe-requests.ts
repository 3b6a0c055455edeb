import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../metrics/metrics.js';
import type { GoneClients } from './gone-clients.js';
import { routeOf } from './request-log.js';
import { stateOf } from './request-state.js';

/** Counts each request once it is answered, or its caller has gone. Call it before any route is registered. */
export function observeRequests(fastify: FastifyInstance, metrics: Metrics, clients: GoneClients): void {
  fastify.addHook('onResponse', (request, { statusCode, elapsedTime }, done) => {
    if (!stateOf(request).isGone) {
      metrics.observeRequest(request.method, routeOf(request), statusCode, elapsedTime);
    }
    done();
  });
  clients.listen((request) => metrics.countAborted(request.method, routeOf(request)));
}
