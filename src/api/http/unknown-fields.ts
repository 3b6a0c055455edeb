import { Problem } from '#core/problem.js';

/** The wording for a field that a route does not ask for. */
export const UNKNOWN = 'is not known here';

/**
 * Refuses fields that have the name of something every instance of a class has, such as a method of a DTO.
 * class-transformer leaves these out in silence, so that the whitelist never sees them.
 *
 * @param parent path of the object that has the fields; empty for a body or query itself
 * @throws {Problem} `invalid-request` naming each of them
 */
export function refuseInherited(type: { prototype: object }, raw: object, parent = ''): void {
  refuseUnknown(
    Object.keys(raw).filter((name) => name in type.prototype),
    parent,
  );
}

/**
 * Refuses fields, however deep, that Nest takes out of every input in silence, so that nothing sent is lost.
 *
 * @throws {Problem} `invalid-request` naming the first of them
 */
export function refuseStripped(raw: unknown): void {
  const left: { value: unknown; path: string }[] = [{ value: raw, path: '' }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    refuseUnknown(
      STRIPPED.filter((name) => Object.hasOwn(value, name)),
      path,
    );
    for (const [name, inner] of Object.entries(value))
      left.push({ value: inner, path: fieldPath(name, path) });
  }
}

/** Fastify refuses `__proto__` as it reads the body. */
const STRIPPED = ['constructor', 'prototype'];

/** @throws {Problem} `invalid-request` naming each of the fields, where there are any */
export function refuseUnknown(names: readonly string[], parent = ''): void {
  const errors = names.map((name) => ({ field: fieldPath(name, parent), message: UNKNOWN }));
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

/** Where a field stands in a request, such as `products[0].quantity`. */
export function fieldPath(property: string, parent: string): string {
  const name = harmless(property);
  if (/^\d+$/.test(name) && parent) return `${parent}[${name}]`;
  return parent ? `${parent}.${name}` : name;
}

/** A property's name comes from the caller, and is told back. */
function harmless(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 64);
}
