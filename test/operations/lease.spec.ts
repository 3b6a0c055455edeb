import { describe, expect, vi } from 'vitest';
import type { FaultRule } from '#sandbox/faults/fault.js';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { CHARGING, LOOKING, resentCharge } from './resent-charge.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { FOREVER_MS, MOST_OF_A_LEASE_SECONDS, RENEWAL_MS } from '../support/durations.js';

const it = paydeskTest({ workerByHand: true })
  /** Starts an attempt that hangs at a call to Stripe until the faults are cleared. */
  .extend(
    'hangAt',
    ({ paydesk, clock }) =>
      async (call: Pick<FaultRule, 'method' | 'path'>, send: () => Promise<Answer>) => {
        // Makes its operation the newest.
        clock.moveSeconds(1);
        const hang = paydesk.sandbox.faults.add({ ...call, kinds: ['wait'], waitMs: FOREVER_MS });
        const answer = send();
        await expect.poll(() => hang.injected.wait).toBe(1);
        const [newest] = await query<{ id: string }>(
          paydesk,
          'select id from operations order by created_at desc limit 1',
        );
        return { answer, operationId: newest?.id ?? '' };
      },
  )
  .extend('rowOf', ({ paydesk }) => async (operationId: string) => {
    const [row] = await query(paydesk, 'select * from operations where id = $1', [operationId]);
    return row;
  });

describe('the lease of an attempt', () => {
  it('is renewed during an attempt of a caller', async ({ paydesk, clock, partner, hangAt, rowOf }) => {
    const { send, made } = await resentCharge(paydesk, partner);
    const { answer, operationId } = await hangAt(CHARGING, send);

    clock.moveSeconds(MOST_OF_A_LEASE_SECONDS);
    const renewedFromMs = clock.now().getTime();
    await vi.advanceTimersByTimeAsync(RENEWAL_MS);
    const leaseEndsAt = async () => Number((await rowOf(operationId))?.['lease_expires_at']);
    await expect.poll(leaseEndsAt).toBeGreaterThan(renewedFromMs + MOST_OF_A_LEASE_SECONDS * 1000);
    clock.moveSeconds(MOST_OF_A_LEASE_SECONDS);
    expect(await send()).toMatchObject({ status: 409, body: { type: 'urn:paydesk:in-progress' } });

    paydesk.sandbox.faults.clear();
    expect((await answer).status).toBe(201);
    expect(made()).toHaveLength(1);
  });

  it.for([
    { how: 'succeeds', testCard: 'pm_card_visa', at: CHARGING },
    { how: 'is declined', testCard: 'pm_card_chargeCustomerFail', at: CHARGING },
    { how: 'tells nothing', testCard: 'pm_card_visa', at: LOOKING },
  ])(
    'once lost to another attempt, leaves all to that one, also where it $how',
    async ({ testCard, at }, { paydesk, clock, partner, hangAt, rowOf }) => {
      const { send } = await resentCharge(paydesk, partner, testCard);
      if (at === LOOKING) paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_before_effect'] });
      const { answer, operationId } = await hangAt(at, send);
      const lease = 'update operations set lease_id = gen_random_uuid(), lease_expires_at = $2 where id = $1';
      await query(paydesk, lease, [operationId, new Date(clock.now().getTime() + FOREVER_MS)]);
      const taken = await rowOf(operationId);

      await vi.advanceTimersByTimeAsync(RENEWAL_MS);
      paydesk.sandbox.faults.clear();
      expect(await answer).toMatchObject({ status: 409, body: { type: 'urn:paydesk:in-progress' } });
      expect(await rowOf(operationId)).toEqual(taken);
    },
  );
});
