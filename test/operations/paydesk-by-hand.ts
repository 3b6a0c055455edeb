import { afterAll, vi } from 'vitest';
import type { MovedClock } from '../support/moved-clock.js';
import { type Paydesk, usePaydesk } from '../support/paydesk.js';

/** One whose worker works, and whose leases are renewed, when a test says so and at no other time. */
export function usePaydeskByHand(clock: MovedClock): Promise<Paydesk> {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  afterAll(() => void vi.useRealTimers());
  return usePaydesk({}, clock);
}
