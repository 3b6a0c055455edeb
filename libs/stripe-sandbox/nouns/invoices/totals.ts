import type Stripe from 'stripe';
import { asPretaxCredit, totalDiscounts } from './discounted.js';
import type { LineDraft } from './lines.js';

/** The amounts of an invoice that nobody has paid, in minor units. */
export function totalsOf(lines: readonly Pick<LineDraft, 'amount' | 'discount_amounts'>[]) {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const total_discount_amounts = totalDiscounts(lines);
  const total = total_discount_amounts.reduce((left, { amount }) => left - amount, subtotal);
  return {
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_discount_amounts,
    total_excluding_tax: total,
    total_pretax_credit_amounts: total_discount_amounts.map(asPretaxCredit),
  } satisfies Partial<Stripe.Invoice>;
}
