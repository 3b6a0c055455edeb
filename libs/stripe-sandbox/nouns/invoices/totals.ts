import type Stripe from 'stripe';
import type { LineDraft } from './lines.js';

/** The amounts of an invoice that nobody has paid, in minor units. */
export function totalsOf(lines: readonly Pick<LineDraft, 'amount'>[]) {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  return {
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  } satisfies Partial<Stripe.Invoice>;
}
