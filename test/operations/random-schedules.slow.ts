import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../support/caller.js';
import { ManualClock } from '../support/manual-clock.js';
import type { Paydesk } from '../support/paydesk.js';
import { startWithoutTimers } from '../support/without-timers.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { ModelledCharge } from './charge-model.js';
import { schedule, type Step } from './schedule.js';
import { LONGEST_WAIT_SECONDS, STRIPE_SETTLES_SECONDS } from '../support/durations.js';

const RUNS = 500;
/** `SEED=...` repeats what fast-check has reported. */
const SEED = process.env['SEED'];
const ROUNDS_MAX = 5;
const UNTIL_RELEASED_MS = 600_000;

describe('charges under random schedules of calls, faults and time', () => {
  const clock = new ManualClock();
  let paydesk: Paydesk;
  let partner: Caller;
  let user: string;
  let cards: string[];

  beforeAll(async () => {
    // The worker works when a schedule says so, and at no other time.
    // stripe-node would really wait before it repeats a call.
    const waits = Stripe.prototype as unknown as { getInitialNetworkRetryDelay: () => number };
    vi.spyOn(waits, 'getInitialNetworkRetryDelay').mockReturnValue(0);
    paydesk = await startWithoutTimers({ clock });
    partner = await paydesk.partner('acme');
    user = someUser();
    cards = [
      await saveCard(paydesk, partner, user),
      await saveCard(paydesk, partner, user, 'pm_card_chargeCustomerFail'),
    ];
  });
  afterEach(() => paydesk.sandbox.faults.clear());
  afterAll(async () => {
    await paydesk.close();
    vi.restoreAllMocks();
  });

  async function take(step: Step, charges: readonly ModelledCharge[]): Promise<void> {
    const { faults } = paydesk.sandbox;
    switch (step.does) {
      case 'send':
        return charges[step.charge]?.send();
      case 'send twice':
        return charges[step.charge]?.send(2);
      case 'send changed':
        return charges[step.charge]?.sendChanged();
      case 'fail':
        faults.add({
          path: '/v1/payment_intents',
          kinds: [step.kind],
          times: step.calls,
          waitMs: UNTIL_RELEASED_MS,
        });
        return;
      case 'recover':
        return faults.clear();
      case 'work':
        await paydesk.resumeNext();
        return;
      case 'wait':
        if (step.seconds >= STRIPE_SETTLES_SECONDS) faults.release();
        return clock.moveSeconds(step.seconds);
    }
  }

  /** Stripe recovers, the worker works, and callers ask once more. */
  async function settle(charges: readonly ModelledCharge[]): Promise<void> {
    paydesk.sandbox.faults.clear();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      clock.moveSeconds(LONGEST_WAIT_SECONDS);
      while (await paydesk.resumeNext());
    }
    for (const charge of charges) if (!charge.isSettled) await charge.send();
    if (!charges.every(({ isSettled }) => isSettled)) throw new Error('a charge does not settle');
  }

  it('happen once or not at all, as the responses say', async () => {
    const property = fc.asyncProperty(schedule, async (steps) => {
      const charges = cards.map((card) => new ModelledCharge(paydesk, partner, user, card));
      for (const step of steps) {
        await take(step, charges);
        for (const charge of charges) charge.check();
      }
      await settle(charges);
      for (const charge of charges) charge.check();
    });
    const runs = fc.assert(property, { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) });
    await expect(runs).resolves.toBeUndefined();
  });
});
