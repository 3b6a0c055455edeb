import { expect } from 'vitest';
import { waitingForLocks, withLock } from '../support/database.js';
import { FOREVER_MS, LEASE_SECONDS } from '../support/durations.js';
import { visit } from '../support/plain-browser.js';
import { confirmTest } from './confirm-test.js';

const LOCK_OPERATION =
  "select from operations where kind = 'payment-replace' and state = 'running' for update";

const it = confirmTest({ workerByHand: true });

it('a second press learns that the payment was cancelled, if the first one stores a refusal that may not last meanwhile', async ({
  paydesk,
  clock,
  refusedCharge,
}) => {
  const { url } = await refusedCharge();
  const { forms } = await visit(url);
  const press = () => visit(forms['another-card'] ?? '', 'POST');
  const hang = paydesk.sandbox.faults.add({
    method: 'POST',
    path: '/v1/payment_intents/*/cancel',
    kinds: ['wait'],
    waitMs: FOREVER_MS,
  });
  paydesk.sandbox.faults.add({
    method: 'POST',
    path: '/v1/checkout/sessions',
    kinds: ['refuse'],
    error: { status: 400, type: 'invalid_request_error', code: 'payment_method_configuration_failures' },
  });
  const first = press();
  await expect.poll(() => hang.injected.wait).toBe(1);
  let second: typeof first | undefined;
  await withLock(paydesk, LOCK_OPERATION, async () => {
    paydesk.sandbox.faults.release();
    await expect.poll(() => waitingForLocks(paydesk)).toBe(1);
    // PostgreSQL gives the row to the first one first, and then the second one finds it ended.
    clock.moveSeconds(LEASE_SECONDS + 1);
    second = press();
    await expect.poll(() => waitingForLocks(paydesk)).toBe(2);
  });
  const next = `${new URL(url).pathname}/return`;
  expect(await first).toMatchObject({ status: 303, next });
  expect(await second).toMatchObject({ status: 303, next });
  expect((await visit(`${url}/return`)).text).toContain('This payment was cancelled');
});
