import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerName } from '#core/actor.js';
import { runForCaller } from '#stripe/current-caller.js';
import { findActor } from './current-actor.decorator.js';

/** Makes the calls to Stripe of each request count for its caller. Call it before any route is registered. */
export function shareStripeByCaller(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    runForCaller(stripeCallerOf(request), done);
  });
}

/** Routes that need no credential, such as Stripe's webhooks, are callers of their own. */
function stripeCallerOf(request: FastifyRequest): string {
  const actor = findActor(request);
  return actor ? callerName(actor) : `route:${request.routeOptions.url}`;
}
