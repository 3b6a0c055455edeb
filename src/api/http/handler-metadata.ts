import type { ExecutionContext } from '@nestjs/common';

const known = new Map<string, WeakMap<object, unknown>>();

/**
 * What `SetMetadata` has set on the handler of a route; undefined if it has set nothing. Remembered for each handler,
 * because Reflect's own lookups take time in every request.
 */
export function handlerMetadata(key: string, context: ExecutionContext): unknown {
  const handler = context.getHandler();
  const values = known.get(key) ?? new WeakMap<object, unknown>();
  known.set(key, values);
  if (!values.has(handler)) values.set(handler, Reflect.getMetadata(key, handler));
  return values.get(handler);
}
