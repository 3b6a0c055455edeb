import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerName } from '#core/actor.js';
import { runForCaller, type StripeCaller } from '#stripe/current-caller.js';
import { findActor } from './current-actor.decorator.js';

const callers = new WeakMap<FastifyRequest, StripeCaller>();

/** Makes the calls to Stripe of each request count for its caller. Call it before any route is registered. */
export function shareStripeByCaller(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    const caller = { name: stripeCallerOf(request), requestIds: [] };
    callers.set(request, caller);
    runForCaller(caller, done);
  });
}

/** Stripe's ids of the calls that a request has made so far. */
export function stripeRequestIdsOf(request: FastifyRequest): readonly string[] {
  return callers.get(request)?.requestIds ?? [];
}

/** Routes that need no credential, such as Stripe's webhooks, are callers of their own. */
function stripeCallerOf(request: FastifyRequest): string {
  const actor = findActor(request);
  return actor ? callerName(actor) : `route:${request.routeOptions.url}`;
}
