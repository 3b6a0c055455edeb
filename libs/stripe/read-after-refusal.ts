import { isRefused } from './stripe-errors.js';

/**
 * What an object is like whose change Stripe has refused.
 *
 * @throws the refusal if Stripe refuses to show the object too, as one that it does not know
 */
export async function readAfterRefusal<T>(refusal: unknown, response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw isRefused(error) ? refusal : error;
  }
}
