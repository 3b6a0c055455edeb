import { Problem } from '#core/problem.js';

export const UNRECOGNIZED = 'is not a recognized field';

/**
 * Refuses fields that have the name of an inherited property, such as a method of the DTO. class-transformer drops
 * them silently, before the whitelist sees them.
 *
 * @param parent path of the object that contains the fields; empty for a body or query
 * @throws {Problem} `invalid-request` naming each of them
 */
export function refuseInherited(type: { prototype: object }, raw: object, parent = ''): void {
  refuseFields(
    Object.keys(raw).filter((name) => name in type.prototype),
    parent,
  );
}

/**
 * Refuses fields, at any depth, that Nest or class-transformer silently removes from every input.
 *
 * @throws {Problem} `invalid-request` naming the first of them
 */
export function refuseStripped(raw: unknown): void {
  const pending: { value: unknown; path: string }[] = [{ value: raw, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    refuseFields(Object.keys(value).filter(isStripped), path);
    for (const [name, inner] of Object.entries(value))
      pending.push({ value: inner, path: fieldPath(name, path) });
  }
}

/** Nest removes `constructor` and `prototype`; class-transformer removes what every object inherits, such as `toString`. */
function isStripped(name: string): boolean {
  return name === 'prototype' || name in Object.prototype;
}

/** @throws {Problem} `invalid-request` naming each of the fields, if there are any */
export function refuseFields(names: readonly string[], parent = ''): void {
  const errors = names.map((name) => ({ field: fieldPath(name, parent), message: UNRECOGNIZED }));
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

/** The path of a field in a request, such as `products[0].quantity`. */
export function fieldPath(property: string, parent: string): string {
  const name = sanitizeFieldName(property);
  if (/^\d+$/.test(name) && parent) return `${parent}[${name}]`;
  return parent ? `${parent}.${name}` : name;
}

/** The name comes from the caller and is repeated in the response. */
function sanitizeFieldName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 64);
}
