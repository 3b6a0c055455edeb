import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler gets the body as text, because a signature covers its bytes. */
    rawBody?: boolean;
  }
}

/** Stripe documents no limit for events, which contain whole objects with metadata. */
const RAW_BODY_MAX_BYTES = 1024 * 1024;

/** The handler of this route gets its body unparsed. */
export function RawBody(): MethodDecorator {
  return RouteConfig({ rawBody: true });
}

/** Whether a request is for a route with {@link RawBody}. */
export function wantsRawBody(request: FastifyRequest): boolean {
  return request.routeOptions.config?.rawBody === true;
}

/** Raises the size limit of routes with {@link RawBody}. Call it before any route is registered. */
export function raiseRawBodyLimit(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.rawBody) route.bodyLimit = RAW_BODY_MAX_BYTES;
  });
}
