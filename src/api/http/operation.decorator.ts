import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiExtraModels, ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationRequest } from '../../operations/operation.js';
import { operationIdOf } from '../../operations/operation-identity.js';
import { ApiProblems, IS_OPERATION } from './api-problems.decorator.js';
import { actorOf } from './current-actor.decorator.js';
import { contextOf } from './current-context.decorator.js';
import { dryRunOf } from './dry-run.js';
import { DryRunResponse } from './dry-run.response.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { AddRouteConfig } from './route-config.js';
import { setOperationId } from './request-log.js';

/**
 * Handler parameter: the request as an operation. Also returns its Idempotency-Key, which may be generated; a dry run uses
 * none.
 */
export const CurrentOperation = createParamDecorator(
  (_: unknown, context: ExecutionContext): OperationRequest => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const idempotencyKey = idempotencyKeyOf(request.raw);
    const dryRun = dryRunOf(request.raw);
    const operation = {
      actor: actorOf(request),
      context: dryRun ? { ...contextOf(request), dryRun } : contextOf(request),
      route: `${request.method} ${request.routeOptions.url} ${JSON.stringify(request.params)}`,
      idempotencyKey,
      body: request.body,
    };
    if (dryRun) return operation;
    context.switchToHttp().getResponse<FastifyReply>().header('Idempotency-Key', idempotencyKey);
    setOperationId(request, operationIdOf(operation));
    return operation;
  },
);

/** Documents a route that moves money. */
export function ApiOperationHeaders(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes the request safe to repeat: the same key with the same body gets the same answer and moves no ' +
        'more money. 1 to 255 visible ASCII characters.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiHeader({
      name: 'Dry-Run',
      required: false,
      description:
        '`true` only tries the request out: it is validated and checked as otherwise, nothing is done, and the answer is ' +
        'a 200 with `DryRunResponse`, which shows what would be sent to Stripe. The `Idempotency-Key` stays unused.',
      schema: { type: 'string', enum: ['true'] },
    }),
    ApiExtraModels(DryRunResponse),
    AddRouteConfig({ isOperation: true }),
    ApiProblems(...IS_OPERATION),
  );
}
