import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ProblemSlug } from '#core/problem.js';

/** Marks an operation of the OpenAPI document; `docs/problem-responses.ts` replaces the mark with a response. */
export const PROBLEM_MARK = 'x-problem-';

/** Documents the problems that a route may answer with. */
export function ApiProblems(...slugs: ProblemSlug[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...slugs.map((slug) => ApiExtension(`${PROBLEM_MARK}${slug}`, true)));
}

/** Problems of every route that requires a credential. */
export const GUARDED = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'too-many-requests',
  'internal-error',
  'unavailable',
] as const;

/** Problems of a route that reads a body. */
export const HAS_BODY = ['payload-too-large', 'unsupported-media-type'] as const;

/** Problems of a route that calls Stripe. */
export const CALLS_STRIPE = [
  'too-many-requests',
  'provider-busy',
  'provider-misconfigured',
  'provider-refused',
  'provider-unreachable',
  'outcome-unknown',
] as const;

/** Problems of a route that moves money. */
export const IS_OPERATION = [
  ...HAS_BODY,
  ...CALLS_STRIPE,
  'idempotency-key-invalid',
  'idempotency-key-reused',
  'in-progress',
  'not-done',
  'needs-review',
] as const;
