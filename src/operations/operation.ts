import { createHash } from 'node:crypto';
import { type Actor, callerName } from '#core/actor.js';
import type { ProblemExtras, ProblemSlug } from '#core/problem.js';
import type { Transaction } from '../database/database.js';

/** A money-moving request as it arrived: who asked for what, under which key. */
export interface OperationRequest {
  actor: Actor;
  /** Method and route with the user in it. */
  route: string;
  /** The caller's Idempotency-Key; a request without one is never a repetition of another. */
  idempotencyKey: string;
  /** As it came, all that decides what it does. */
  body: unknown;
}

/** What a step of an operation may know of it. */
export interface OperationIdentity {
  /** Stands in the metadata of what the operation makes at Stripe, so that it can be found there. */
  operationId: string;
  /** The idempotency key for Stripe. */
  stripeKey: string;
}

/** How one kind of money-moving request is done. Its steps know nothing but what they are handed. */
export interface OperationKind<Plan, Result> {
  /** A name that is stored: never change it. */
  name: string;
  /** Does what was planned, under a key that makes every repetition harmless. */
  send(plan: Plan, identity: OperationIdentity): Promise<Result>;
  /** Looks at Stripe whether it was done, once sending it again proves nothing any more. */
  find(plan: Plan, identity: OperationIdentity, sentAt: Date): Promise<Found<Result>>;
  /** Gives back what was set aside for it, in the transaction that keeps that it was not done and never will be. */
  release?(transaction: Transaction, plan: Plan, identity: OperationIdentity): Promise<void>;
}

/** What a look at Stripe has proved: that it was done, that it was not, or neither. */
export type Found<Result> = { result: Result } | 'not-done' | 'unknown';

/** What a caller is told of a finished operation. */
export interface Outcome<Result> {
  result: Result;
  operationId: string;
  /** True where this is the answer to an earlier request, told again. */
  replayed: boolean;
}

/** How an operation ended, as it is stored. */
export type StoredOutcome<Result = unknown> =
  { result: Result } | { problem: { slug: ProblemSlug; extras: ProblemExtras } };

/**
 * The id of an operation: equal for a repetition of a request, and for nothing else, as another caller's equal
 * key makes another id. Made of the request alone, it survives a lost database, and tells nothing of the key.
 */
export function operationIdOf({ actor, route, idempotencyKey }: OperationRequest): string {
  const hash = sha256(JSON.stringify([callerName(actor), route, idempotencyKey]));
  return uuidFrom(hash);
}

/** Tells whether a repetition asks for the same thing. */
export function fingerprintOf(body: unknown): string {
  return sha256(JSON.stringify(body ?? null, sortedKeys));
}

/** The identity of an operation at Stripe. The amount is no part of it, so a changed one is refused there too. */
export function identityOf(operationId: string): OperationIdentity {
  return { operationId, stripeKey: `paydesk-${operationId}` };
}

/** A UUID of version 8, whose bits are ours to choose: https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function uuidFrom(hash: string): string {
  const digits = `${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
