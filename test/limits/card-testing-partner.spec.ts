import { describe, expect } from 'vitest';
import type { Caller } from '../support/caller.js';
import { cardholder, countOf, expectStopped, times } from '../support/cardholder.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest({ environment: { CARD_TESTING_BRAKE: 'partner:20/10m' } });

const GOOD = 'pm_card_visa';
// https://docs.stripe.com/testing#declined-payments: this card can be saved, and every charge fails.
const DECLINED = 'pm_card_chargeCustomerFail';
const TEN_MINUTES = 600;
const FOREVER_MS = 600_000;

/** Charges users at once, each of whom is new and has one card. */
function chargeUsers(paydesk: Paydesk, partner: Caller, count: number, testCard: string) {
  return times(count, async () => (await cardholder(paydesk, partner, testCard)).charge());
}

function alertsIn({ log }: Paydesk, partner: string) {
  return log.filter((line) => line['alert'] === true && line['partner'] === partner);
}

describe('the brake against card testing by a partner', () => {
  it('stops all charges of a partner of whose attempts more than half were declined', async ({
    paydesk,
    clock,
  }) => {
    const partner = await paydesk.partner('tested');
    const other = await paydesk.partner('untested');
    expect(countOf(201, await chargeUsers(paydesk, partner, 10, GOOD))).toBe(10);
    expect(countOf(402, await chargeUsers(paydesk, partner, 10, DECLINED))).toBe(10);
    expect(countOf(402, await chargeUsers(paydesk, partner, 1, DECLINED))).toBe(1);

    const [stopped] = await chargeUsers(paydesk, partner, 1, GOOD);
    expectStopped(stopped!, TEN_MINUTES);
    expect(countOf(201, await chargeUsers(paydesk, other, 1, GOOD))).toBe(1);
    expect(alertsIn(paydesk, 'partner:tested')).toHaveLength(1);
    clock.moveSeconds(TEN_MINUTES);
    expect(countOf(201, await chargeUsers(paydesk, partner, 1, GOOD))).toBe(1);
  });

  it('counts parallel declines', async ({ paydesk }) => {
    const partner = await paydesk.partner('parallel');
    const users = await times(20, () => cardholder(paydesk, partner, DECLINED));
    const next = await cardholder(paydesk, partner);
    const hang = paydesk.sandbox.faults.add({
      path: '/v1/payment_intents',
      kinds: ['wait'],
      share: 1,
      waitMs: FOREVER_MS,
    });
    const charges = times(20, (index) => users[index]!.charge());
    // None is declined before all are sent: the last one would be stopped.
    await expect.poll(() => hang.injected.wait).toBe(20);
    paydesk.sandbox.faults.clear();
    expect(countOf(402, await charges)).toBe(20);
    expectStopped(await next.charge(), TEN_MINUTES);
    expect(alertsIn(paydesk, 'partner:parallel')).toHaveLength(1);
  });

  it('does not mind fewer attempts, nor declines of more than ten minutes ago', async ({
    paydesk,
    clock,
  }) => {
    const partner = await paydesk.partner('unlucky');
    expect(countOf(402, await chargeUsers(paydesk, partner, 19, DECLINED))).toBe(19);
    clock.moveSeconds(TEN_MINUTES);
    expect(countOf(402, await chargeUsers(paydesk, partner, 19, DECLINED))).toBe(19);
    expect(countOf(201, await chargeUsers(paydesk, partner, 1, GOOD))).toBe(1);
  });
});
