import { Problem } from '#core/problem.js';
import { isMissing } from './stripe-errors.js';

/** The response of a Stripe call. @throws {Problem} `not-found` if Stripe answers `resource_missing` */
export async function notFoundIfMissing<T>(response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw isMissing(error) ? new Problem('not-found', {}, error) : error;
  }
}
