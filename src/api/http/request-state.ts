import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';

const STATE = Symbol('paydesk:request-state');

declare module 'node:http' {
  interface IncomingMessage {
    [STATE]?: RequestState;
  }
}

/** What is remembered of a request. */
export interface RequestState {
  /** Whether it counts among those that run. */
  isCounted?: true;
  /** The authenticated caller. */
  actor?: Actor;
  context?: RequestContext;
  operationId?: string;
  isLogged?: true;
  /** Whether its client went before it was answered. */
  isGone?: true;
  /** What is being done for it, or was done last. */
  work?: Promise<unknown>;
}

/** Kept in the request itself: entries of a `WeakMap` cost time in every garbage collection. */
export function stateOf({ raw }: FastifyRequest): RequestState {
  return stateOfRaw(raw);
}

/** As {@link stateOf}, of a request that Fastify does not have yet. */
export function stateOfRaw(raw: IncomingMessage): RequestState {
  return (raw[STATE] ??= {});
}
