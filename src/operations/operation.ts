import { createHash } from 'node:crypto';
import { type Actor, callerName } from '../core/actor.js';
import { Problem, PROBLEMS, type ProblemExtras, type ProblemSlug } from '../core/problem.js';

/** A money-moving request as it arrived: who asked for what, under which key. */
export interface OperationRequest {
  actor: Actor;
  /** Method and route with the user in it, e.g. `POST /partners/user/42/payment_intent`. */
  route: string;
  /** The caller's Idempotency-Key; a request without one is never a repetition of another. */
  idempotencyKey: string;
  /** The validated request, all that decides what it does. */
  body: unknown;
}

/** What a caller is told of a finished operation. */
export interface Outcome<Result> {
  result: Result;
  operationId: string;
  /** True where this is the answer to an earlier request, told again. */
  replayed: boolean;
}

/** How an operation ended, as it is stored. */
export type StoredOutcome<Result> =
  { result: Result } | { problem: { slug: ProblemSlug; extras: ProblemExtras } };

/** Equal for a repetition of a request, and for nothing else: another caller's equal key is another scope. */
export function scopeOf({ actor, route, idempotencyKey }: OperationRequest): string {
  return sha256(JSON.stringify([callerName(actor), route, idempotencyKey]));
}

/** Tells whether a repetition asks for the same thing. */
export function fingerprintOf(body: unknown): string {
  return sha256(JSON.stringify(body ?? null, sortedKeys));
}

/**
 * The idempotency key for Stripe. Made of the scope alone: it survives a lost database, says nothing of the
 * caller's key, and a changed amount is refused by Stripe instead of charged again.
 */
export function stripeKeyOf(scope: string): string {
  return `paydesk-${scope}`;
}

/**
 * Whether a failure is the last word. Our own refusals and everything uncertain are not:
 * a repetition under the same key tries again.
 */
export function isFinal(problem: Problem): boolean {
  return !PROBLEMS[problem.slug].retryable && FINAL_STATUSES.has(problem.status);
}

const FINAL_STATUSES = new Set([402, 404, 409, 422]);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
