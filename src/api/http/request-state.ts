import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';

const STATE = Symbol('paydesk:request-state');

declare module 'fastify' {
  interface FastifyRequest {
    [STATE]?: RequestState;
  }
}

/** What is remembered of a request. */
export interface RequestState {
  /** The authenticated caller. */
  actor?: Actor;
  context?: RequestContext;
  operationId?: string;
  isLogged?: true;
}

/** Kept in the request itself: entries of a `WeakMap` cost time in every garbage collection. */
export function stateOf(request: FastifyRequest): RequestState {
  return (request[STATE] ??= {});
}
