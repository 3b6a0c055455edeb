import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerName } from '#core/actor.js';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { clientAddressOf } from './client-address.js';
import { actorOf } from './current-actor.decorator.js';

/** Handler parameter: who makes a change, for the audit log. */
export const CurrentAuthor = createParamDecorator((_: unknown, context: ExecutionContext): ChangeAuthor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const actor = actorOf(request);
  const keyId = actor.kind === 'user' ? undefined : actor.keyId;
  return {
    caller: callerName(actor),
    ...(keyId !== undefined && { keyId }),
    address: clientAddressOf(request),
  };
});
