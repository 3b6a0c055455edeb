import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { cardholder, countOf, expectStopped, oneByOne, times } from '../support/cardholder.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { attachCard, saveCard, someUser } from '../support/saved-card.js';

const it = paydeskTest({ environment: { CARD_TESTING_BRAKE: 'partner:1000/10m' } });

// https://docs.stripe.com/testing#declined-payments: this card can be saved, and every charge fails.
const DECLINED = 'pm_card_chargeCustomerFail';
const MINUTE = 60;

function chargesIn({ stripeCalls }: Paydesk): number {
  return stripeCalls.filter((call) => call === 'POST /v1/payment_intents').length;
}

describe('the brake against card testing', () => {
  it('stops the eleventh charge of a user in a minute, and no other user', async ({
    paydesk,
    partner,
    clock,
  }) => {
    const alice = await cardholder(paydesk, partner);
    const bob = await cardholder(paydesk, partner);
    expect(await oneByOne(5, () => alice.charge())).toEqual(Array(5).fill(201));
    clock.moveSeconds(20);
    expect(await oneByOne(5, () => alice.charge())).toEqual(Array(5).fill(201));
    expectStopped(await alice.charge(), 40);
    expect((await bob.charge()).status).toBe(201);
    clock.moveSeconds(40);
    expect(await oneByOne(5, () => alice.charge())).toEqual(Array(5).fill(201));
    expectStopped(await alice.charge(), 20);
  });

  it('sends nothing to Stripe for a charge that it stops, which succeeds later with the same key', async ({
    paydesk,
    partner,
    clock,
  }) => {
    const { charge } = await cardholder(paydesk, partner);
    await oneByOne(10, () => charge());
    const before = chargesIn(paydesk);
    expectStopped(await charge('order-1'), MINUTE);
    expect(chargesIn(paydesk)).toBe(before);
    clock.moveSeconds(MINUTE);
    expect((await charge('order-1')).status).toBe(201);
  });

  it('counts parallel charges exactly', async ({ paydesk, partner }) => {
    const { charge } = await cardholder(paydesk, partner);
    await times(5, () => charge());
    await times(5, () => charge());
    const answers = await times(8, () => charge());
    expect(countOf(429, answers)).toBe(8);
  });

  it('stops one of several users who charge at the same time, and records one payment for each other', async ({
    paydesk,
    partner,
  }) => {
    const stopped = await cardholder(paydesk, partner);
    const others = await times(6, () => cardholder(paydesk, partner));
    await oneByOne(10, () => stopped.charge());
    const before = chargesIn(paydesk);
    const [refused, ...answers] = await Promise.all([
      stopped.charge(),
      ...others.flatMap(({ charge }) => [charge('order-1'), charge('order-1')]),
    ]);
    expectStopped(refused, MINUTE);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(await times(6, async (index) => (await others[index]!.charge('order-1')).status)).toEqual(
      Array(6).fill(201),
    );
    expect(chargesIn(paydesk)).toBe(before + 6);
    const payments = await query(
      paydesk,
      `select payments.user_id as user, count(distinct notifications.id)::int as notifications
       from payments join notifications using (payment_id)
       where payments.user_id = any($1) and notifications.user_id = payments.user_id group by payments.payment_id`,
      [others.map(({ user }) => user)],
    );
    expect(new Set(payments.map(({ user }) => String(user)))).toEqual(
      new Set(others.map(({ user }) => user)),
    );
    expect(payments).toHaveLength(6);
  });

  it('counts a repetition with the same key once', async ({ paydesk, partner }) => {
    const { charge } = await cardholder(paydesk, partner);
    const keys = Array.from({ length: 10 }, (_, index) => `order-${index}`);
    for (const key of keys) expect(await oneByOne(2, () => charge(key))).toEqual([201, 201]);
    expectStopped(await charge('order-10'), MINUTE);
    expect((await charge('order-3')).headers.get('idempotent-replayed')).toBe('true');
  });

  it('stops a user after five declines in an hour, whatever the card', async ({
    paydesk,
    partner,
    clock,
  }) => {
    const { user, charge } = await cardholder(paydesk, partner, DECLINED);
    expect(await oneByOne(3, () => charge())).toEqual([402, 402, 402]);
    clock.moveSeconds(30 * MINUTE);
    expect(await oneByOne(2, () => charge('order-1'))).toEqual([402, 402]);
    expect((await charge('order-2')).status).toBe(402);
    expectStopped(await charge(), 30 * MINUTE);

    const goodCard = await saveCard(paydesk, partner, user);
    const body = { amount: '3000', description: 'Visit', stripe_payment_method_id: goodCard };
    const chargeGood = () => partner.post(`/partners/user/${user}/payment_intent`, body);
    expectStopped(await chargeGood(), 30 * MINUTE);
    clock.moveSeconds(30 * MINUTE);
    expect((await chargeGood()).status).toBe(201);
  });

  it('never has more than five declines of parallel charges, as each running one may be declined', async ({
    paydesk,
    partner,
  }) => {
    const { charge } = await cardholder(paydesk, partner, DECLINED);
    const answers = [...(await times(20, () => charge())), ...(await times(20, () => charge()))];
    expect(countOf(402, answers)).toBe(5);
    expect(countOf(429, answers)).toBe(35);
  });

  it('does not count what was refused before it was tried, nor a charge that needs authentication', async ({
    paydesk,
    partner,
  }) => {
    const user = someUser();
    const asking = await attachCard(paydesk, partner, user, 'pm_card_authenticationRequired');
    const card = await saveCard(paydesk, partner, user);
    const charge = (amount: string, method: string) =>
      partner.post(`/partners/user/${user}/payment_intent`, {
        amount,
        description: 'Visit',
        stripe_payment_method_id: method,
      });
    expect(await oneByOne(6, () => charge('3000', asking))).toEqual(Array(6).fill(402));
    const refused = await oneByOne(12, () => charge('1', card));
    expect(refused.filter((status) => status === 429)).toEqual([]);
  });

  it('stops the sixty-first SetupIntent of a user in an hour, before Stripe is called', async ({
    paydesk,
    partner,
    clock,
  }) => {
    const user = someUser();
    const save = (key?: string) =>
      partner.post(`/partners/user/${user}/setup_intent`, undefined, key ? { 'idempotency-key': key } : {});
    expect(countOf(201, await times(30, () => save()))).toBe(30);
    clock.moveSeconds(30 * MINUTE);
    expect(countOf(201, await times(40, () => save()))).toBe(30);
    const before = paydesk.stripeCalls.length;
    expectStopped(await save('card-1'), 30 * MINUTE);
    expect(paydesk.stripeCalls.length).toBe(before);
    clock.moveSeconds(30 * MINUTE);
    expect((await save('card-1')).status).toBe(201);
  });

  it('counts the SetupIntents of a signed-in user apart from those of a partner with the same id', async ({
    paydesk,
    partner,
  }) => {
    const user = someUser();
    await times(60, () => partner.post(`/partners/user/${user}/setup_intent`));
    const signedIn = await paydesk.user(user);
    const save = () => signedIn.post('/payments/create-setup-intent');
    expect(countOf(201, await times(61, save))).toBe(60);
  });
});
