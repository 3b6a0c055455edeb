import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ProblemSlug } from '#core/problem.js';

/** Marks an operation of the OpenAPI document until `docs/problem-responses.ts` spells the problem out. */
export const PROBLEM_MARK = 'x-problem-';

/** Documents which problems a route answers with. */
export function ApiProblems(...slugs: ProblemSlug[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...slugs.map((slug) => ApiExtension(`${PROBLEM_MARK}${slug}`, true)));
}

/** What every route with a credential may answer. */
export const GUARDED = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'internal-error',
  'unavailable',
] as const;

/** What a route that reads a body may answer. */
export const HAS_BODY = ['payload-too-large', 'unsupported-media-type'] as const;

/** What a route that calls Stripe may answer. */
export const CALLS_STRIPE = [
  'too-many-requests',
  'provider-busy',
  'provider-misconfigured',
  'provider-unreachable',
  'outcome-unknown',
] as const;

/** What a route that moves money may answer. */
export const IS_OPERATION = [
  ...HAS_BODY,
  ...CALLS_STRIPE,
  'idempotency-key-invalid',
  'idempotency-key-reused',
  'in-progress',
  'not-done',
  'needs-review',
] as const;
