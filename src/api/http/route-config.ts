import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const configs = new WeakMap<object, FastifyContextConfig>();

/** Adds to the `config` of a route. Nest's `RouteConfig` alone replaces what another decorator has set. */
export function AddRouteConfig(config: FastifyContextConfig): MethodDecorator {
  return (target, method, descriptor) => {
    const handler = descriptor.value as object;
    const merged = { ...configs.get(handler), ...config };
    configs.set(handler, merged);
    RouteConfig(merged)(target, method, descriptor);
  };
}
