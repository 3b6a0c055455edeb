import { invalidField } from '#core/problem.js';

/** @throws {Problem} `invalid-request` for a body that is an array, a string, a number, a boolean or null */
export function assertJsonObject(body: unknown): asserts body is object {
  if (!isJsonObject(body)) throw invalidField('body', 'must be a JSON object');
}

/** Whether a JSON value is an object and not an array. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
