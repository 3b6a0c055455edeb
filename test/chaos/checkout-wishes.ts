import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { isDone, type Told, type Wish } from './told.js';
import type { Figure } from './verdict.js';

/** Minor units; each payment has an amount of its own. */
const LOWEST_AMOUNT = 1_000;
/** Each checkout is started by one request, and ended by two. */
const REQUESTS_PER_CHECKOUT = 3;

/** A checkout that somebody wants to be opened. */
export interface CheckoutWish extends Wish {
  amount: number;
}

/** As many as a run's requests are enough for. */
export function checkoutWishes({ hardship }: Bench, path: string, more: object = {}): CheckoutWish[] {
  return Array.from({ length: Math.ceil(hardship.requests / REQUESTS_PER_CHECKOUT) }, (_, index) => {
    const name = `order-${index}`;
    const amount = LOWEST_AMOUNT + index;
    const body = {
      shopTransactionID: name,
      amount: (amount / 100).toFixed(2),
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
      ...more,
    };
    return { name, amount, path, body };
  });
}

/** What Stripe has of all checkouts. */
export function sessionsAtStripe({ stripe }: Bench) {
  return stripe.ledger.list('checkout.session').map(({ id }) => stripe.store.checkoutSessions.get(id)!);
}

/** Each checkout was opened once, as its client was told. */
export function auditCheckouts(
  bench: Bench,
  wanted: readonly CheckoutWish[],
  told: readonly Told[],
): Figure[] {
  const effects = groupBy(sessionsAtStripe(bench), ({ client_reference_id: order }) => order ?? '');
  const cases = wanted.map(({ name, amount }, index) => ({
    told: told[index]!,
    toldId: paymentIdOf(told[index]!),
    made: (effects.get(name) ?? []).map(({ id, amount_total }) => ({ id, amount: amount_total })),
    wantedAmount: amount,
  }));
  return auditOnce(cases);
}

/** The id of the checkout that a client was told of. */
export function paymentIdOf(told: Told): string | undefined {
  return isDone(told) ? String(told.body.paymentID) : undefined;
}
