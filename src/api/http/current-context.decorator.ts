import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerName } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { findActor } from './current-actor.decorator.js';
import { stateOf } from './request-state.js';

/** The context of a request, once its caller is authenticated. */
export function contextOf(request: FastifyRequest): RequestContext {
  return (stateOf(request).context ??= { caller: callerOf(request), stripeRequestIds: [] });
}

/** Stripe's ids of the calls that a request has made so far. */
export function stripeRequestIdsOf(request: FastifyRequest): readonly string[] {
  return stateOf(request).context?.stripeRequestIds ?? [];
}

/** Handler parameter: the context of the request, for services that call Stripe. */
export const CurrentContext = createParamDecorator((_: unknown, context: ExecutionContext) =>
  contextOf(context.switchToHttp().getRequest()),
);

/** Routes that need no credential, such as Stripe's webhooks, are callers of their own. */
function callerOf(request: FastifyRequest): string {
  const actor = findActor(request);
  return actor ? callerName(actor) : `route:${request.routeOptions.url}`;
}
