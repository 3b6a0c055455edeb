import { AmountOutOfRangeError, MoneyError } from './money.js';
import { invalidField, Problem } from './problem.js';

/**
 * Does something with the amount of a field, so that a refusal names the field.
 *
 * @throws {Problem} `invalid-request` for what is not an amount, `amount-out-of-range` for what Stripe
 *   would not charge
 */
export function withAmountOf<T>(field: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof MoneyError) throw invalidField(field, error.message);
    if (error instanceof AmountOutOfRangeError) {
      throw new Problem('amount-out-of-range', { errors: [{ field, message: error.message }] });
    }
    throw error;
  }
}
