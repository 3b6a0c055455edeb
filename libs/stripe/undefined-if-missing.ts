import { isMissing } from './stripe-errors.js';

/** The response of a Stripe call, or undefined if Stripe answers `resource_missing`. Other errors are rethrown. */
export async function undefinedIfMissing<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
