import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declaresInput } from './declared-input.js';
import { assertJsonObject } from './json-object.js';
import { wantsRawBody } from './raw-body.js';
import { refuseFields } from './unknown-fields.js';

/** Refuses a body or a query that the handler does not declare: the pipe checks only those that are declared. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (wantsRawBody(request)) return true;
    if (!declaresInput('query', context)) {
      refuseFields(request.query as object, 'query', () => true);
    }
    if (request.body !== undefined && !declaresInput('body', context)) {
      assertJsonObject(request.body);
      refuseFields(request.body, 'body', () => true);
    }
    return true;
  }
}
