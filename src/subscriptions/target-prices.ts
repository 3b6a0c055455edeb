import { type FieldError, Problem } from '#core/problem.js';
import type { Recurrence, TargetPrice } from './user-subscriptions.stripe.js';

/**
 * Requires Prices that one subscription can have together.
 *
 * @param ids in the order of the request
 * @param found those of them that Stripe knows
 * @returns their billing period
 * @throws {Problem} `not-found` for each that Stripe does not know, `invalid-request` for each that does not fit
 */
export function assertOffered(
  ids: readonly string[],
  found: readonly (TargetPrice | undefined)[],
  currency: string,
): Recurrence {
  const prices = ids.map((id) => found.find((price) => price?.id === id));
  const unknown = prices.flatMap((price, index) =>
    price ? [] : [{ field: fieldOf(index), message: 'no such object' }],
  );
  if (unknown.length > 0) throw new Problem('not-found', { errors: unknown });
  const recurrence = prices[0]?.recurrence;
  const errors = prices.flatMap((price, index): FieldError[] => {
    const isRepeated = ids.indexOf(price?.id ?? '') < index;
    const message = isRepeated ? 'must not be a price twice' : price && misfit(price, currency, recurrence);
    return message ? [{ field: fieldOf(index), message }] : [];
  });
  if (errors.length > 0 || !recurrence) throw new Problem('invalid-request', { errors });
  return recurrence;
}

function misfit(
  price: TargetPrice,
  currency: string,
  { interval, intervalCount }: Partial<Recurrence> = {},
): string | undefined {
  if (!price.isSellable) return 'must be an active recurring price that is not billed by usage';
  if (price.currency !== currency) return `must be a price in ${currency.toUpperCase()}`;
  const isSame = price.recurrence?.interval === interval && price.recurrence?.intervalCount === intervalCount;
  return isSame ? undefined : 'must have the same billing period as the other products';
}

function fieldOf(index: number): string {
  return `items[${index}].priceId`;
}
