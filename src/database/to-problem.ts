import { Problem, type ProblemSlug } from '#core/problem.js';
import { isDatabaseUnavailable } from './database-unavailable.js';

/**
 * The problem that an error is reported as: itself, or `unavailable` if the database can't be reached.
 *
 * @param otherwise slug for every other error
 */
export function toProblem(error: unknown, otherwise: ProblemSlug): Problem {
  if (error instanceof Problem) return error;
  return new Problem(isDatabaseUnavailable(error) ? 'unavailable' : otherwise, {}, error);
}
