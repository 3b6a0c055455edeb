import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hasCardNumber } from '#core/card-number.js';
import { Problem } from '#core/problem.js';

const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;
const QUOTED = /^"(.*)"$/;

/**
 * The Idempotency-Key of a request, without the quotes of the IETF draft; a random one if there is none.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 *
 * @throws {Problem} `idempotency-key-invalid`
 */
export function idempotencyKeyOf(message: IncomingMessage): string {
  // Node joins repeated ones with a comma and a space, which no key has. `headersDistinct` would take 10 us.
  const given = message.headers['idempotency-key'];
  if (given === undefined) return randomUUID();
  const key = String(given).replace(QUOTED, '$1');
  if (!KEY_SHAPE.test(key)) {
    throw invalidIdempotencyKey('must be sent once and be 1 to 255 visible ASCII characters');
  }
  if (hasCardNumber(key)) throw invalidIdempotencyKey('must not contain a card number');
  return key;
}

/** The problem for a wrong or missing Idempotency-Key. */
export function invalidIdempotencyKey(message: string): Problem {
  return new Problem('idempotency-key-invalid', { errors: [{ field: 'Idempotency-Key', message }] });
}
