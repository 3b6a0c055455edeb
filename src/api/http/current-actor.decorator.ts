import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#core/actor.js';

const actors = new WeakMap<FastifyRequest, Actor>();

/** Remembers who a request comes from, once that is proved. */
export function setActor(request: FastifyRequest, actor: Actor): void {
  actors.set(request, actor);
}

/** Who a request comes from. */
export function actorOf(request: FastifyRequest): Actor {
  const actor = actors.get(request);
  if (!actor) throw new Error('the route has no access guard');
  return actor;
}

/** The caller of a route, of the one kind that the route allows. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest()),
);
