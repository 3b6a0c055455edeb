import { invalidField } from '#core/problem.js';

/** @throws {Problem} `invalid-request` for a body that is a list, a text, a number or null */
export function assertJsonObject(body: unknown): asserts body is object {
  if (!isJsonObject(body)) throw invalidField('body', 'must be a JSON object');
}

/** Whether a JSON value has properties of its own, unlike a list. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
