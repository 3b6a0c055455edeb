import { describe, expect } from 'vitest';
import { SystemClock } from '#core/clock.js';
import { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { FOREVER_MS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTestBy } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSecondInstance } from '../support/second-instance.js';
import { CHARGING, resentCharge } from './resent-charge.js';

const AHEAD_MS = 10 * 60 * 1000;
/** More than a test takes, and less than the clock is ahead. */
const SLOW_SECONDS = 5 * 60;

/** The clock of a machine that is ahead of the others. */
class FastClock extends SystemClock {
  override now(): Date {
    return new Date(super.now().getTime() + AHEAD_MS);
  }
}

// PostgreSQL's clock is asked only if that of the service is a machine's.
const it = paydeskTestBy(() => new SystemClock(), { workerByHand: true })
  .extend('fastUrl', { scope: 'file' }, async ({ paydesk }, { onCleanup }) => {
    const instance = await startSecondInstance(paydesk, new FastClock());
    onCleanup(() => instance.close());
    return instance.url;
  })
  /** The same caller at the instance whose clock is right, and at the one whose clock is ahead. */
  .extend('atEach', ({ paydesk, fastUrl }) => ({ credential }: Caller) => {
    return { right: new Caller(paydesk.url, credential), fast: new Caller(fastUrl, credential) };
  })
  /** A charge that each of them can be asked for. */
  .extend('charge', async ({ paydesk, partner, atEach }) => {
    const { right, fast } = atEach(partner);
    const charge = await resentCharge(paydesk, right);
    return { ...charge, sendToFast: () => charge.sendAs(fast) };
  })
  /**
   * Lets time pass at PostgreSQL since it was first known that Stripe has failed. Less than none, so that it does not matter how slow
   * this machine is.
   */
  .extend('passSeconds', ({ paydesk }) => async (seconds: number) => {
    const older = (column: string) => `${column} = ${column} - interval '${seconds} seconds'`;
    await query(paydesk, `update operations set ${older('first_looked_at')}`);
    await query(paydesk, `update tax_id_additions set ${older('replayed_at')}`);
  });

describe('instances whose clocks differ', () => {
  it('do not take a charge for not done that Stripe still makes', async ({
    paydesk,
    charge,
    passSeconds,
  }) => {
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    expectProblem(await charge.send(), 'outcome-unknown');
    await passSeconds(-SLOW_SECONDS);
    expectProblem(await charge.sendToFast(), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    await expect.poll(charge.made).toHaveLength(1);
    await passSeconds(SLOW_SECONDS + STRIPE_SETTLES_SECONDS);
    expect((await charge.sendToFast()).status).toBe(201);
    expect(charge.made()).toHaveLength(1);
  });

  it('end a charge that was first looked up by the one that is ahead', async ({
    paydesk,
    charge,
    passSeconds,
  }) => {
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_before_effect'] });
    expectProblem(await charge.sendToFast(), 'outcome-unknown');
    await passSeconds(-SLOW_SECONDS);
    expectProblem(await charge.send(), 'outcome-unknown');
    await passSeconds(SLOW_SECONDS + STRIPE_SETTLES_SECONDS);
    expectProblem(await charge.send(), 'not-done');
    expect(charge.made()).toEqual([]);
  });

  it('keep a tax id out while Stripe may still add another one', async ({
    paydesk,
    shop,
    atEach,
    passSeconds,
  }) => {
    const { right, fast } = atEach(shop);
    const path = `/customers/${someUser()}`;
    const { stripeCustomerId: id } = (await right.put(path, { name: 'Jenny' })).body;
    const added = { method: 'POST', path: `/v1/customers/${id}/tax_ids` } as const;
    paydesk.sandbox.faults.add({ ...added, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    const taxId = { type: 'eu_vat', value: 'DE123456789' };
    expectProblem(await right.put(path, { taxId }), 'outcome-unknown');
    await passSeconds(-SLOW_SECONDS);
    expectProblem(await fast.put(path, { taxId: null }), 'provider-busy');
    expectProblem(await fast.put(path, { taxId }), 'outcome-unknown');
  });
});
