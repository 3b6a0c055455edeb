import type Stripe from 'stripe';
import type { Context } from '../../context.js';

/** The account's default currency; the balance shows it even without funds. */
const DEFAULT_CURRENCY = 'usd';

/** The funds of all balance transactions. Source: https://docs.stripe.com/api/balance/balance_object. */
export function currentBalance({ store }: Context): Stripe.Balance {
  const netMinor = new Map([[DEFAULT_CURRENCY, { available: 0, pending: 0 }]]);
  for (const { currency, net, status } of store.balanceTransactions.oldestFirst()) {
    const sums = netMinor.get(currency) ?? { available: 0, pending: 0 };
    sums[status as keyof typeof sums] += net;
    netMinor.set(currency, sums);
  }
  const fundsOf = (status: 'available' | 'pending') =>
    [...netMinor].map(([currency, sums]) => ({
      amount: sums[status],
      currency,
      source_types: { card: sums[status] },
    }));
  return {
    object: 'balance',
    available: fundsOf('available'),
    livemode: false,
    pending: fundsOf('pending'),
  };
}
