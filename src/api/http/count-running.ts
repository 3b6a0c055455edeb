import type { FastifyInstance } from 'fastify';
import { callerName } from '#core/actor.js';
import type { Problem } from '#core/problem.js';
import type { BackPressure } from './back-pressure.js';
import { findActor } from './current-actor.decorator.js';
import { mayHaveLongBody } from './long-body.js';

/** Counts requests from when they are authenticated until they have ended. Call it after `admitRequests`. */
export function countRunning(fastify: FastifyInstance, pressure: BackPressure): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const actor = findActor(request);
    if (!actor) return done();
    try {
      pressure.start(callerName(actor), request.raw, reply.raw);
      return done();
    } catch (error) {
      if (mayHaveLongBody(request.headers)) void reply.header('Connection', 'close');
      return done(error as Problem);
    }
  });
}
