import { Problem } from '#core/problem.js';
import { isRefused, isUnclassified } from './stripe-errors.js';

/** `invalid-state` in the place of Stripe's refusal of a call that only the state of an object rules out; other errors as they are. */
export function invalidStateIfRefused(error: unknown): unknown {
  return isRefused(error) ? new Problem('invalid-state', {}, error) : error;
}

/** The same, but also a refusal whose code says more is as it is. */
export function invalidStateIfUnclassified(error: unknown): unknown {
  return isUnclassified(error) ? invalidStateIfRefused(error) : error;
}
