import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { hasSecret } from '../../logging/redact.js';
import type { RequestHead } from './whole-request.js';

export const REQUEST_ID_HEADER = 'X-Request-Id';

const WELL_FORMED = /^[\w.-]{1,64}$/;

/**
 * The id of a request in the log and in problems: the caller's `X-Request-Id` if it is 1 to 64 letters, digits or `_.-`
 * and contains no secret and no card number, or else a new one.
 */
export function requestIdOf({ headers }: Pick<RequestHead, 'headers'>): string {
  const given = headers['x-request-id'];
  const isTaken = typeof given === 'string' && WELL_FORMED.test(given) && !hasSecret(given);
  return isTaken ? given : randomUUID();
}

/** Sends the id of each request with its response. */
export function answerRequestIds(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}
