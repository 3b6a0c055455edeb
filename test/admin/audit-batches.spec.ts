import { expect, onTestFinished, vi } from 'vitest';
import { query } from '../support/database.js';
import { PRUNE_MS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSecondInstance } from '../support/second-instance.js';

/** More than two batches. */
const ENTRIES = 2_500;

const it = paydeskTest({ workerByHand: true });

it('old entries of the audit log are deleted in batches, by two instances at once', async ({
  paydesk,
  clock,
}) => {
  const other = await startSecondInstance(paydesk, clock);
  onTestFinished(() => other.close());
  await query(
    paydesk,
    `insert into audit_log (at, caller, address, action, object_id, details)
     select $1::timestamptz - interval '730 days' - n * interval '1 second',
       'stripe', 'stripe', 'customer.unlinked', 'old', '{}'
     from generate_series(1, ${ENTRIES}) as n`,
    [clock.now()],
  );
  const left = () => query(paydesk, "select id from audit_log where object_id = 'old'");
  expect(await left()).toHaveLength(ENTRIES);
  vi.advanceTimersByTime(PRUNE_MS);
  await expect.poll(left).toEqual([]);
});
