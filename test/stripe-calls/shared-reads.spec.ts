import { expect } from 'vitest';
import { FOREVER_MS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const REQUESTS = 20;

const it = paydeskTest();

it('equal reads of one user that arrive together share their call to Stripe', async ({
  paydesk,
  partner,
}) => {
  const [owner, other] = [someUser(), someUser()];
  await saveCard(paydesk, partner, owner);
  await saveCard(paydesk, partner, other);
  const hang = paydesk.sandbox.faults.add({
    path: '/v1/payment_intents',
    kinds: ['wait'],
    share: 1,
    waitMs: FOREVER_MS,
  });
  const before = paydesk.stripeCalls.length;
  const paths = [...Array.from({ length: REQUESTS }, () => owner), other].map(
    (user) => `/partners/user/${user}/payments`,
  );
  const answers = paths.map((path) => partner.get(path));
  await expect.poll(() => hang.injected.wait).toBeGreaterThanOrEqual(2);
  paydesk.sandbox.faults.clear();

  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
  const calls = paydesk.stripeCalls.slice(before);
  expect(calls.length).toBeGreaterThanOrEqual(2);
  // How many join depends on when each request arrives.
  expect(calls.length).toBeLessThan(REQUESTS);
});
