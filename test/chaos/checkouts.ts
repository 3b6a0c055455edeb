import { auditOnce, groupBy } from './audit.js';
import type { Bench } from './bench.js';
import { addFaults } from './stripe.js';
import type { Figure } from './verdict.js';

/** Minor units; each payment has an amount of its own. */
const LOWEST_AMOUNT = 1_000;

/** Starts payments on a page, and withdraws each of them, by two clients at once. */
export async function checkouts(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const wanted = Array.from({ length: Math.ceil(bench.hardship.requests / 3) }, (_, index) => ({
    path: '/pay',
    amount: LOWEST_AMOUNT + index,
    body: {
      shopTransactionID: `order-${index}`,
      amount: ((LOWEST_AMOUNT + index) / 100).toFixed(2),
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
    },
  }));
  addFaults(bench.stripe);
  const started = await bench.sendAll(key, wanted);
  const ids = started.flatMap(({ status, body }) => (status === 201 ? [String(body.paymentID)] : []));
  const withdrawals = ids.flatMap((paymentID) => [
    { path: '/pay/expire', body: { paymentID } },
    { path: '/pay/expire', body: { paymentID } },
  ]);
  const withdrawn = await bench.sendAll(key, withdrawals);
  const left = await bench.settle();

  const sessions = bench.stripe.ledger
    .list('checkout.session')
    .map(({ id }) => bench.stripe.store.checkoutSessions.get(id)!);
  const effects = groupBy(sessions, ({ client_reference_id: order }) => order ?? '');
  const cases = wanted.map(({ amount, body }, index) => ({
    toldId: started[index]!.status === 201 ? String(started[index]!.body.paymentID) : undefined,
    isRefused: false,
    made: (effects.get(body.shopTransactionID) ?? []).map(({ id, amount_total }) => ({
      id,
      amount: amount_total,
    })),
    wantedAmount: amount,
  }));
  return [
    ...auditOnce(cases),
    {
      what: 'withdrawals told as done',
      count: withdrawn.filter(({ status }) => status === 200).length,
      expected: withdrawals.length,
    },
    {
      what: 'payments still open',
      count: sessions.filter(({ status }) => status === 'open').length,
      expected: 0,
    },
    ...left,
  ];
}
