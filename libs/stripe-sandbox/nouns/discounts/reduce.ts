import type { DiscountTerms } from '../../store/records.js';

/** A line that discounts may reduce. */
export interface ReducibleLine {
  /** In minor units. */
  amount: number;
  discountable: boolean;
  /** undefined for an amount without a price. */
  product: string | undefined;
  /** The discounts of the line itself, which come before the invoice's. */
  discounts: readonly DiscountTerms[];
}

/** What a discount takes off, in minor units. */
export interface Reduction {
  amount: number;
  discount: string;
}

/**
 * What each line loses to its own discounts and to those of its invoice, each discount reducing what the ones before it
 * left. Source: https://docs.stripe.com/billing/subscriptions/coupons.
 */
export function reduceLines(
  lines: readonly ReducibleLine[],
  discounts: readonly DiscountTerms[],
  currency: string,
): Reduction[][] {
  const left = lines.map(({ amount }) => amount);
  const reductions: Reduction[][] = lines.map(() => []);
  const take = (places: readonly number[], terms: DiscountTerms): void => {
    const eligible = places.filter((place) => isEligible(lines[place]!, terms) && left[place]! > 0);
    const total = eligible.reduce((sum, place) => sum + left[place]!, 0);
    const shares = allocate(
      reductionOf(total, terms, currency),
      eligible.map((place) => left[place]!),
    );
    eligible.forEach((place, index) => {
      const amount = shares[index]!;
      left[place]! -= amount;
      reductions[place]!.push({ amount, discount: terms.id });
    });
  };
  lines.forEach((line, place) => line.discounts.forEach((terms) => take([place], terms)));
  const everywhere = lines.map((_, place) => place);
  discounts.forEach((terms) => take(everywhere, terms));
  return reductions;
}

const isEligible = ({ discountable, product }: ReducibleLine, { products }: DiscountTerms): boolean =>
  discountable && (products === null || (product !== undefined && products.includes(product)));

/** What a discount takes off a total, in minor units. A fixed amount in another currency takes nothing off. */
function reductionOf(
  total: number,
  { amount_off, percent_off, currency }: DiscountTerms,
  of: string,
): number {
  if (percent_off !== null) return Math.round((total * percent_off) / 100);
  return currency === of ? Math.min(amount_off!, total) : 0;
}

/** Shares an amount in proportion to weights. The largest remainders get the units that rounding leaves. */
function allocate(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (total === 0 ? 0 : (amount * weight) / total));
  const shares = exact.map(Math.floor);
  const rest = amount - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder.slice(0, Math.max(0, rest))) shares[index]! += 1;
  return shares;
}
