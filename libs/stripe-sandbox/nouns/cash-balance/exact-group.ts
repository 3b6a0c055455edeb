import type Stripe from 'stripe';
import { remainingOf } from '../payment-intents/transfer.js';

const MAX_SIZE = 5;
/** Of more, only the oldest are looked at: the number of groups grows with the fifth power. */
const MAX_CANDIDATES = 40;

/**
 * The smallest group of payments, and of those the oldest, that together wait for just an amount in minor units; empty if
 * there is none. Source: https://docs.stripe.com/payments/customer-balance/reconciliation#cash-automatic-reconciliation.
 *
 * @param waiting oldest first
 */
export function exactGroup(
  waiting: readonly Stripe.PaymentIntent[],
  amountMinor: number,
): readonly Stripe.PaymentIntent[] {
  const candidates = waiting.slice(0, MAX_CANDIDATES);
  for (let size = 1; size <= MAX_SIZE; size += 1) {
    const group = groupOf(size, candidates, amountMinor);
    if (group) return group;
  }
  return [];
}

function groupOf(
  size: number,
  candidates: readonly Stripe.PaymentIntent[],
  amountMinor: number,
): Stripe.PaymentIntent[] | undefined {
  for (const [index, first] of candidates.entries()) {
    const restMinor = amountMinor - remainingOf(first);
    if (size === 1 && restMinor === 0) return [first];
    if (size === 1 || restMinor <= 0) continue;
    const others = groupOf(size - 1, candidates.slice(index + 1), restMinor);
    if (others) return [first, ...others];
  }
  return undefined;
}
