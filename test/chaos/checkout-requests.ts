import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { isSuccess, type Outcome, type PlannedRequest } from './outcome.js';
import type { Figure } from './verdict.js';

/** Minor units. Each payment has another amount. */
const LOWEST_AMOUNT = 1_000;
/** Each checkout is opened by one request, and withdrawn by two. */
const REQUESTS_PER_CHECKOUT = 3;

/** A request that opens a checkout. */
export interface CheckoutRequest extends PlannedRequest {
  amount: number;
}

/** As many checkouts as fit into a run's number of requests. */
export function checkoutRequests({ options }: Bench, path: string, more: object = {}): CheckoutRequest[] {
  return Array.from({ length: Math.ceil(options.requests / REQUESTS_PER_CHECKOUT) }, (_, index) => {
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

/** All checkout sessions at Stripe. */
export function sessionsAtStripe({ stripe }: Bench) {
  return stripe.ledger.list('checkout.session').map(({ id }) => stripe.store.checkoutSessions.get(id)!);
}

/** Checks that each checkout was opened once, as its client's response says. */
export function auditCheckouts(
  bench: Bench,
  requests: readonly CheckoutRequest[],
  outcomes: readonly Outcome[],
): Figure[] {
  const effects = groupBy(sessionsAtStripe(bench), ({ client_reference_id: order }) => order ?? '');
  const cases = requests.map(({ name, amount }, index) => ({
    outcome: outcomes[index]!,
    reportedId: paymentIdOf(outcomes[index]!),
    created: (effects.get(name) ?? []).map(({ id, amount_total }) => ({ id, amount: amount_total })),
    expectedAmount: amount,
  }));
  return auditOnce(cases);
}

/** The id of the checkout in a client's response. */
export function paymentIdOf(outcome: Outcome): string | undefined {
  return isSuccess(outcome) ? String(outcome.body.paymentID) : undefined;
}
