import { expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest().extend('ready', ({ paydesk }) => async () => {
  return (await paydesk.stranger().get('/health/ready')).status;
});

it('calls Stripe at most once in five seconds', async ({ paydesk, clock, ready }) => {
  expect(await Promise.all([ready(), ready(), ready()])).toEqual([200, 200, 200]);
  expect(paydesk.stripeCalls).toHaveLength(1);
  clock.moveSeconds(6);
  expect(await ready()).toBe(200);
  expect(paydesk.stripeCalls).toHaveLength(2);
});

it('is ready while Stripe limits the rate, and not while Stripe hangs', async ({ paydesk, clock, ready }) => {
  clock.moveSeconds(60);
  paydesk.sandbox.faults.add({ kinds: ['rate_limit'], times: 1 });
  expect(await ready()).toBe(200);
  clock.moveSeconds(60);
  paydesk.sandbox.faults.add({ kinds: ['wait'], share: 1, waitMs: 60_000 });
  expect(await ready()).toBe(503);
  paydesk.sandbox.faults.clear();
});
