import { AmountOutOfRangeError, MoneyError } from './money.js';
import { invalidField, Problem } from './problem.js';

/**
 * Runs `action`. An amount error that it throws becomes a problem that names `field`.
 *
 * @throws {Problem} `invalid-request` for a value that is not an amount, `amount-out-of-range` for an amount that
 *   Stripe would not charge
 */
export function withAmountField<T>(field: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MoneyError) throw invalidField(field, error.message);
    if (error instanceof AmountOutOfRangeError) {
      throw new Problem('amount-out-of-range', { errors: [{ field, message: error.message }] });
    }
    throw error;
  }
}
