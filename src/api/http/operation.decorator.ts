import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationRequest, Outcome } from '../../operations/operation.js';
import { ApiProblems, IS_OPERATION } from './api-problems.decorator.js';
import { actorOf } from './current-actor.decorator.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** The request as an operation: who asks for what, under which Idempotency-Key. */
export const Operation = createParamDecorator((_: unknown, context: ExecutionContext): OperationRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const idempotencyKey = idempotencyKeyOf(request.raw);
  context.switchToHttp().getResponse<FastifyReply>().header('Idempotency-Key', idempotencyKey);
  return {
    actor: actorOf(request),
    route: `${request.method} ${request.routeOptions.url} ${JSON.stringify(request.params)}`,
    idempotencyKey,
    body: request.body,
  };
});

/** What an operation came to, with a header that tells an old answer from a new one. */
export function tell<Result>(reply: FastifyReply, { result, replayed }: Outcome<Result>): Result {
  if (replayed) reply.header('Idempotent-Replayed', 'true');
  return result;
}

/** Documents a route that moves money. */
export function ApiOperationHeaders(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes the request repeatable: the same key with the same body gives the same answer and moves no ' +
        'more money. 1 to 255 visible ASCII characters.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiProblems(...IS_OPERATION),
  );
}
