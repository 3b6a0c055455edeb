import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body as it came, as a signature covers it. */
    rawBody?: boolean;
  }
}

/** The objects in an event carry metadata of their own, and there are several. */
const RAW_BODY_MAX_BYTES = 1024 * 1024;

/** Leaves the body of a route as it came. */
export function RawBody(): MethodDecorator {
  return RouteConfig({ rawBody: true });
}

/** Whether a request is for a route with {@link RawBody}. */
export function wantsRawBody(request: FastifyRequest): boolean {
  return request.routeOptions.config?.rawBody === true;
}

/** Gives the routes with {@link RawBody} more room; to be called before there are routes. */
export function makeRoomForRawBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.rawBody) route.bodyLimit = RAW_BODY_MAX_BYTES;
  });
}
