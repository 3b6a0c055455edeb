import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireUnambiguous } from './unambiguous-request.js';

/** Throws a problem for a request that is not admitted. */
type Step = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/** What each request passes before its body is read, in this order. */
const STEPS: readonly Step[] = [requireUnambiguous];

/** Makes every request pass the steps of its admission. Call it before any route is registered. */
export function admitRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    for (const step of STEPS) await step(request, reply);
  });
}
