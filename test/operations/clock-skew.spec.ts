import { describe, expect, vi } from 'vitest';
import { resentCharge, sendInVain } from './resent-charge.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest({ workerByHand: true });

describe('a Stripe whose clock is behind ours', () => {
  it.for([5, 5 * 60])(
    'by %d seconds has what it made found all the same',
    async (behindSeconds, { paydesk, clock, partner }) => {
      const behindMs = () => clock.now().getTime() - behindSeconds * 1000;
      vi.spyOn(paydesk.sandbox.clock, 'nowMs').mockImplementation(behindMs);
      const charge = await resentCharge(paydesk, partner);
      const operationId = await sendInVain(paydesk, charge, 'reset_after_effect');

      clock.moveHours(23);
      expect(await paydesk.resumeNext()).toBe(true);
      expect((await partner.get(`/operations/${operationId}`)).body).toMatchObject({ state: 'succeeded' });
      expect(charge.made()).toHaveLength(1);
    },
  );
});
