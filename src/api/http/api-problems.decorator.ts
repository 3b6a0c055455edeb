import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ProblemSlug } from '../../core/problem.js';

/** Marks an operation of the OpenAPI document until `docs/problem-responses.ts` spells the problem out. */
export const PROBLEM_MARK = 'x-problem-';

/** Documents which problems a route answers with. */
export function ApiProblems(...slugs: ProblemSlug[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...slugs.map((slug) => ApiExtension(`${PROBLEM_MARK}${slug}`, true)));
}
