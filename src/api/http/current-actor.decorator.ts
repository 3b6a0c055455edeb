import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';
import { stateOf } from './request-state.js';

/** Remembers the authenticated caller of a request. */
export function setActor(request: FastifyRequest, actor: Actor): void {
  stateOf(request).actor = actor;
}

/** The authenticated caller of a request; undefined if it has none. */
export function findActor(request: FastifyRequest): Actor | undefined {
  return stateOf(request).actor;
}

/** The authenticated caller of a request. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = findActor(request);
  if (!actor) throw new Error('the caller of this route was not authenticated');
  return actor;
}

/** Handler parameter: the authenticated caller, of a kind that the route allows. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest()),
);
