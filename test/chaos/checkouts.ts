import { auditSuccess } from './audit.js';
import type { Bench } from './bench.js';
import { auditCheckouts, checkoutRequests, sessionsAtStripe } from './checkout-requests.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isSuccess } from './outcome.js';
import { type Figure, expectNone } from './verdict.js';

/** Opens checkouts, and withdraws each of them by two clients at once. */
export async function checkouts(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const requests = checkoutRequests(bench, '/pay');
  addFaults(bench.stripe);
  const started = await sendAll(bench, key, requests);
  const withdrawals = started.filter(isSuccess).flatMap(({ request, body: { paymentID } }) => {
    const withdrawal = { name: `end of ${request.name}`, path: '/pay/expire', body: { paymentID } };
    return [withdrawal, withdrawal];
  });
  const withdrawn = await sendAll(bench, key, withdrawals);
  const left = await settle(bench, key, [...started, ...withdrawn]);

  const open = sessionsAtStripe(bench).filter(({ status }) => status === 'open');
  return [
    ...auditCheckouts(bench, requests, started),
    ...auditSuccess('withdrawals', withdrawn),
    expectNone(
      'payments still open',
      open.map(({ id }) => id),
    ),
    ...left,
  ];
}
