import { expect, vi } from 'vitest';
import { query } from '../support/database.js';
import { CHARGING, resentCharge, sendInVain } from './resent-charge.js';
import { paydeskTest } from '../support/paydesk-test.js';
import {
  FOREVER_MS,
  LONGEST_WAIT_SECONDS,
  MOST_OF_A_LEASE_SECONDS,
  RENEWAL_MS,
} from '../support/durations.js';

const it = paydeskTest({ workerByHand: true });

it('keeps the lease of the worker during a long call to Stripe', async ({ paydesk, clock }) => {
  const { faults } = paydesk.sandbox;
  const partner = await paydesk.partner('acme');
  const charge = await resentCharge(paydesk, partner);
  const operationId = await sendInVain(paydesk, charge, 'reset_before_effect');
  const hang = faults.add({ ...CHARGING, kinds: ['wait'], waitMs: FOREVER_MS });
  clock.moveSeconds(LONGEST_WAIT_SECONDS);
  const resumed = paydesk.resumeNext();
  await expect.poll(() => hang.injected.wait).toBe(1);

  clock.moveSeconds(MOST_OF_A_LEASE_SECONDS);
  const renewedFrom = clock.now();
  await vi.advanceTimersByTimeAsync(RENEWAL_MS);
  const leaseEndsAt = async () => {
    const statement = 'select lease_expires_at as "end" from operations where id = $1';
    const [row] = await query<{ end: Date }>(paydesk, statement, [operationId]);
    return row?.end.getTime();
  };
  await expect.poll(leaseEndsAt).toBeGreaterThan(renewedFrom.getTime() + MOST_OF_A_LEASE_SECONDS * 1000);
  clock.moveSeconds(MOST_OF_A_LEASE_SECONDS);
  expect(await paydesk.resumeNext()).toBe(false);

  faults.clear();
  await resumed;
  const again = await charge.send();
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
});
