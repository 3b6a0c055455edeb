import { auditGranted } from './audit.js';
import type { Bench } from './bench.js';
import { auditCheckouts, checkoutWishes, sessionsAtStripe } from './checkout-wishes.js';
import { sendAll } from './send-all.js';
import { settle } from './settle.js';
import { addFaults } from './stripe.js';
import { isDone } from './told.js';
import { type Figure, never } from './verdict.js';

/** Starts payments on a page, and withdraws each of them, by two clients at once. */
export async function checkouts(bench: Bench): Promise<Figure[]> {
  const key = await bench.issueKey('service', 'shop');
  const wanted = checkoutWishes(bench, '/pay');
  addFaults(bench.stripe);
  const started = await sendAll(bench, key, wanted);
  const withdrawals = started.filter(isDone).flatMap(({ wish, body: { paymentID } }) => {
    const withdrawal = { name: `end of ${wish.name}`, path: '/pay/expire', body: { paymentID } };
    return [withdrawal, withdrawal];
  });
  const withdrawn = await sendAll(bench, key, withdrawals);
  const left = await settle(bench, key, [...started, ...withdrawn]);

  const open = sessionsAtStripe(bench).filter(({ status }) => status === 'open');
  return [
    ...auditCheckouts(bench, wanted, started),
    ...auditGranted('withdrawals', withdrawn),
    never(
      'payments still open',
      open.map(({ id }) => id),
    ),
    ...left,
  ];
}
