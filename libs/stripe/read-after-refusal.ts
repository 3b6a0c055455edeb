import { isRefused } from './stripe-errors.js';

/**
 * The response of a call that only explains a refusal of Stripe's, or tidies up after it.
 *
 * @throws the refusal if Stripe refuses that call too, as it does if it does not know the object
 */
export async function readAfterRefusal<T>(refusal: unknown, response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw isRefused(error) ? refusal : error;
  }
}
