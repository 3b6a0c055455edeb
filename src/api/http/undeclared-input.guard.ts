import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { assertJsonObject } from './json-object.js';
import { wantsRawBody } from './raw-body.js';
import { refuseUnknown } from './unknown-fields.js';

/** Refuses a body or a query that the handler has no `@Body()` or `@Query()` for: only those are checked by the pipe. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (wantsRawBody(request)) return true;
    if (!declares(context, RouteParamtypes.QUERY)) refuseUnknown(Object.keys(request.query as object));
    if (request.body !== undefined && !declares(context, RouteParamtypes.BODY)) {
      assertJsonObject(request.body);
      refuseUnknown(Object.keys(request.body));
    }
    return true;
  }
}

/** Whether the handler has a parameter of this type; Nest keeps them by `<type>:<index>`. */
function declares(context: ExecutionContext, type: RouteParamtypes): boolean {
  const parameters: object =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.keys(parameters).some((key) => key.startsWith(`${type}:`));
}
