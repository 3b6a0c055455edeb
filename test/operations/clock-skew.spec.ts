import { describe, expect, it, vi } from 'vitest';
import { MovedClock } from '../support/moved-clock.js';
import { usePaydeskByHand } from './paydesk-by-hand.js';
import { resentCharge, sendInVain } from './resent-charge.js';

describe('a Stripe whose clock is behind ours', async () => {
  const clock = new MovedClock();
  const paydesk = await usePaydeskByHand(clock);
  const partner = await paydesk.partner('acme');

  it.each([5, 5 * 60])('by %d seconds has what it made found all the same', async (behindSeconds) => {
    const behindMs = () => clock.now().getTime() - behindSeconds * 1000;
    vi.spyOn(paydesk.sandbox.clock, 'nowMs').mockImplementation(behindMs);
    const charge = await resentCharge(paydesk, partner);
    const operationId = await sendInVain(paydesk, charge, 'reset_after_effect');

    clock.moveHours(23);
    expect(await paydesk.resumeNext()).toBe(true);
    expect((await partner.get(`/operations/${operationId}`)).body).toMatchObject({ state: 'succeeded' });
    expect(charge.made()).toHaveLength(1);
  });
});
