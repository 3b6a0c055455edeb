import pg from 'pg';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { CHARGING, resentCharge, sendInVain } from './resent-charge.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { LEASE_SECONDS, LONGEST_WAIT_SECONDS } from '../support/durations.js';

const it = paydeskTest()
  .extend('stateOf', ({ partner }) => async (operationId: string) => {
    return (await partner.get(`/operations/${operationId}`)).body.state;
  })
  .extend('succeeds', ({ stateOf }) => async (operationId: string) => {
    await expect.poll(() => stateOf(operationId)).toBe('succeeded');
  });

describe('the worker', () => {
  it('resumes the operation of a dead attempt once its lease has expired', async ({
    paydesk,
    clock,
    partner,
    succeeds,
  }) => {
    const charge = await resentCharge(paydesk, partner);
    const operationId = await sendInVain(paydesk, charge, 'reset_after_effect');
    const dies = 'update operations set lease_id = gen_random_uuid(), lease_expires_at = $2 where id = $1';
    await query(paydesk, dies, [operationId, new Date(clock.now().getTime() + LEASE_SECONDS * 1000)]);
    clock.moveSeconds(LEASE_SECONDS + 1);
    await succeeds(operationId);
    expect(charge.made()).toHaveLength(1);
  });

  it('skips a row that another instance has locked', async ({
    paydesk,
    clock,
    partner,
    stateOf,
    succeeds,
  }) => {
    const [taken, next] = [await resentCharge(paydesk, partner), await resentCharge(paydesk, partner)];
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['reset_before_effect'], share: 1 });
    const takenId = (await taken.send()).body.operationId;
    const nextId = (await next.send()).body.operationId;
    const other = new pg.Client(paydesk.databaseUrl);
    await other.connect();
    try {
      await other.query('begin');
      await other.query('select * from operations where id = $1 for update', [takenId]);
      paydesk.sandbox.faults.clear();
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      await succeeds(nextId);
      expect(await stateOf(takenId)).toBe('running');
    } finally {
      await other.end();
    }
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    await succeeds(takenId);
  });
});
