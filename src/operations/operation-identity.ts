import { hash } from 'node:crypto';
import { callerName } from '#core/actor.js';
import type { OperationIdentity, OperationRequest } from './operation.js';

/**
 * The id of an operation: the same for a repetition of its request, different for every other request, including
 * the same key of another caller. A hash of the request alone, so it survives a lost database and hides the key.
 */
export function operationIdOf({ actor, route, idempotencyKey }: Omit<OperationRequest, 'context'>): string {
  return uuidFrom(sha256(JSON.stringify([callerName(actor), route, idempotencyKey])));
}

/** A hash of a request's body, independent of the order of its properties. */
export function fingerprintOf(body: unknown): string {
  return sha256(JSON.stringify(body ?? null, sortedKeys));
}

/**
 * The identity of an operation at Stripe. It does not contain the amount, so Stripe refuses a changed one too.
 *
 * @param operation its generation is 1 unless Stripe has refused it before and the caller tries again
 */
export function identityOf({ id, generation }: { id: string; generation: number }): OperationIdentity {
  return { operationId: id, stripeKey: generation === 1 ? `paydesk-${id}` : `paydesk-${id}-${generation}` };
}

/** A UUID of version 8, whose bits may be chosen freely: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function uuidFrom(digits: string): string {
  const [a, b, c] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16)];
  return `${a}-${b}-8${c}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
