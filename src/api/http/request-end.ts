import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { stateOf, stateOfRaw } from './request-state.js';

/**
 * Calls back once a request has ended: its response is sent or its client has gone, and nothing is done for it any more. A
 * client that goes does not end what was begun for it.
 */
export function onceEnded(request: IncomingMessage, response: ServerResponse, onEnd: () => void): void {
  response.once('close', () => {
    const { work } = stateOfRaw(request);
    if (work) void work.then(onEnd, onEnd);
    else onEnd();
  });
}

/** Remembers what is being done for a request, and returns it. */
export function trackWork<Result>(request: FastifyRequest, work: Promise<Result>): Promise<Result> {
  stateOf(request).work = work;
  return work;
}

/**
 * Remembers what the handlers of routes do for a request, and starts none for a client that has gone already: it has to
 * repeat its request anyway. Call it before any route is registered.
 */
export function trackHandlers(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function (request, reply) {
      if (reply.raw.destroyed) return undefined;
      const result: unknown = handler.call(this, request, reply);
      return result instanceof Promise ? trackWork(request, result) : result;
    };
  });
}
