import { Transform } from 'class-transformer';

const ANY_KEYS = 'paydesk:any-keys';

/**
 * A field of a request that is an object with keys of the caller's choice. class-transformer would drop keys such as
 * `toString`, so the original object is kept.
 */
export function AnyKeys(): PropertyDecorator {
  return (target, property) => {
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key])(target, property);
    Reflect.defineMetadata(ANY_KEYS, true, target, property);
  };
}

/** Whether a field of a DTO has {@link AnyKeys}. */
export function hasAnyKeys(type: { prototype: object }, name: string): boolean {
  return Reflect.hasMetadata(ANY_KEYS, type.prototype, name);
}
