import { type FieldError, Problem } from '#core/problem.js';

/** Where an input comes from: what its own unknown fields are reported under. */
export type InputName = 'body' | 'query' | 'path';

/**
 * A field that nobody declared. Its name may be a secret, or a card number, so it is reported by its position among the
 * fields of its parent, from 1.
 *
 * @param parent path of the object that contains it
 */
export function unknownField(parent: string, raw: object, name: string): FieldError {
  const position = Object.keys(raw).indexOf(name) + 1;
  return { field: parent, message: `has a field that is not recognized, at position ${position}` };
}

/**
 * Refuses the fields of an object that `isRefused` picks.
 *
 * @throws {Problem} `invalid-request` with the position of each of them
 */
export function refuseFields(raw: object, parent: string, isRefused: (name: string) => boolean): void {
  const errors = Object.keys(raw)
    .filter(isRefused)
    .map((name) => unknownField(parent, raw, name));
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

/**
 * Refuses fields that have the name of an inherited property, such as a method of the DTO. class-transformer drops
 * them silently, before the whitelist sees them.
 *
 * @throws {Problem} `invalid-request` with the position of each of them
 */
export function refuseInherited(type: { prototype: object }, raw: object, parent: string): void {
  refuseFields(raw, parent, (name) => name in type.prototype);
}

/** Nest removes these, as a copy of the object could change what it inherits. `__proto__` is refused by the parser. */
function isUnsafe(name: string): boolean {
  return name === 'constructor' || name === 'prototype';
}

/** Nest removes `constructor` and `prototype`; class-transformer removes what every object inherits, such as `toString`. */
function isStripped(name: string): boolean {
  return isUnsafe(name) || name in Object.prototype;
}

/** The fields of an input by name. */
export interface InputFields {
  isDeclared: (name: string) => boolean;
  /** Whether it is an object with keys of the caller's choice. */
  hasAnyKeys: (name: string) => boolean;
}

/**
 * Refuses fields, at any depth, that Nest or class-transformer silently removes from every input.
 *
 * @throws {Problem} `invalid-request` with the position of the first of them, in the nearest declared parent
 */
export function refuseStripped(raw: object, input: InputName, { isDeclared, hasAnyKeys }: InputFields): void {
  const pending: { value: unknown; path: readonly string[]; keepsKeys: boolean }[] = [
    { value: raw, path: [], keepsKeys: false },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path, keepsKeys } = next;
    if (typeof value !== 'object' || value === null) continue;
    const stripped = Object.keys(value).find(keepsKeys ? isUnsafe : isStripped);
    if (stripped !== undefined) {
      const errors = [nearestError(raw, [...path, stripped], input, isDeclared)];
      throw new Problem('invalid-request', { errors });
    }
    for (const [name, inner] of Object.entries(value)) {
      pending.push({ value: inner, path: [...path, name], keepsKeys: value === raw && hasAnyKeys(name) });
    }
  }
}

/** The path of a declared field in a request, such as `products[0].quantity`. */
export function fieldPath(property: string, parent: string): string {
  if (/^\d+$/.test(property) && parent) return `${parent}[${property}]`;
  return parent ? `${parent}.${property}` : property;
}

/** Follows a path for as long as it consists of a declared field and indexes of a list. */
function nearestError(
  raw: object,
  path: readonly string[],
  input: InputName,
  isDeclared: (name: string) => boolean,
): FieldError {
  let parent = '';
  let value = raw;
  for (const name of path) {
    const isKnown = Array.isArray(value) || (value === raw && isDeclared(name));
    if (!isKnown) return unknownField(parent || input, value, name);
    parent = fieldPath(name, parent);
    value = (value as Record<string, object>)[name] ?? {};
  }
  return { field: parent, message: 'is not recognized' };
}
