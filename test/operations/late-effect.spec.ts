import { describe, expect } from 'vitest';
import { CHARGING, type ResentCharge, resentCharge, sendInVain } from './resent-charge.js';
import { loseKey } from '../support/lost-key.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { FOREVER_MS, LONGEST_WAIT_SECONDS } from '../support/durations.js';

const HOUR = 60 * 60;
/** https://docs.stripe.com/error-low-level#server-errors: Stripe may still be at work on what it answered with a 500. */
const NOT_YET_SETTLED_SECONDS = 10;

const it = paydeskTest({ workerByHand: true })
  /** Sends it to be answered with a 500, and not to be done before {@link endLate}. */
  .extend('beginLate', ({ paydesk }) => async ({ send, made }: ResentCharge) => {
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['error_then_effect'], waitMs: FOREVER_MS });
    const { status, body } = await send();
    expect({ status, type: body.type, made: made() }).toEqual({
      status: 503,
      type: 'urn:paydesk:outcome-unknown',
      made: [],
    });
    return body.operationId;
  })
  .extend('endLate', ({ paydesk }) => async ({ made }: ResentCharge) => {
    paydesk.sandbox.faults.clear();
    await expect.poll(made).toHaveLength(1);
  })
  /** A charge that came to nothing, and whose look-up began, but could not read the plan. It may be sent again. */
  .extend('lookedUpOnly', ({ paydesk, clock, partner }) => async () => {
    const charge = await resentCharge(paydesk, partner);
    await sendInVain(paydesk, charge, 'reset_before_effect');
    const findKey = await loseKey(paydesk);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    await findKey();
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    return charge;
  });

describe('a charge whose 500 comes before its effect', () => {
  it.for<[string, number]>([
    ['at its first sending', 0],
    ['long after a first sending that came to nothing', LONGEST_WAIT_SECONDS],
    ['at the last sending, before it is only looked for', 23 * HOUR - 1],
  ])(
    '%s, is never told as not done, and succeeds once',
    async ([_when, secondsAfterFirst], { paydesk, clock, partner, beginLate, endLate }) => {
      const charge = await resentCharge(paydesk, partner);
      if (secondsAfterFirst > 0) await sendInVain(paydesk, charge, 'reset_before_effect');
      clock.moveSeconds(secondsAfterFirst);
      await beginLate(charge);

      clock.moveSeconds(NOT_YET_SETTLED_SECONDS);
      expect(await charge.send()).toMatchObject({
        status: 503,
        body: { type: 'urn:paydesk:outcome-unknown' },
      });
      await endLate(charge);
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      const last = await charge.send();
      expect(last.status).toBe(201);
      expect(charge.made().map(({ id }) => last.headers.get('location')?.endsWith(id))).toEqual([true]);
    },
  );

  it('after a look-up that began before it, is never told as not done', async ({
    clock,
    beginLate,
    endLate,
    lookedUpOnly,
  }) => {
    const charge = await lookedUpOnly();
    await beginLate(charge);
    await endLate(charge);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect((await charge.send()).status).toBe(201);
    expect(charge.made()).toHaveLength(1);
  });

  // A second request would be answered with the 500 of the first one, as if that had come before the look-up.
  it('after a look-up that began before it, is sent once, also if its connection is closed', async ({
    paydesk,
    lookedUpOnly,
  }) => {
    const charge = await lookedUpOnly();
    const calls = paydesk.stripeCalls.length;
    await sendInVain(paydesk, charge, 'reset_before_effect');
    expect(paydesk.stripeCalls.slice(calls)).toEqual([`${CHARGING.method} ${CHARGING.path}`]);
    expect((await charge.send()).status).toBe(201);
    expect(charge.made()).toHaveLength(1);
  });

  it('is completed by the worker too', async ({ paydesk, clock, partner, beginLate, endLate }) => {
    const charge = await resentCharge(paydesk, partner);
    await sendInVain(paydesk, charge, 'reset_before_effect');
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    const operationId = await beginLate(charge);
    const report = async () => (await partner.get(`/operations/${operationId}`)).body;

    clock.moveSeconds(NOT_YET_SETTLED_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    expect(await report()).toMatchObject({ state: 'running', problem: null });
    await endLate(charge);
    clock.moveSeconds(LONGEST_WAIT_SECONDS);
    expect(await paydesk.resumeNext()).toBe(true);
    expect(await report()).toMatchObject({ state: 'succeeded', problem: null });
    expect(charge.made()).toHaveLength(1);
  });
});
