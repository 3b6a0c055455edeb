import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Answer, Caller } from '../support/caller.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const CHARGING = { method: 'POST', path: '/v1/payment_intents' } as const;
const CHARGE_CALL = 'POST /v1/payment_intents';
const LOOK_UP_CALL = /^GET \/v1\/customers\/cus_\w+\/payment_methods\/pm_\w+$/;

const it = paydeskTest({ workerByHand: true })
  .extend('partner2', { scope: 'file' }, ({ paydesk }) => paydesk.partner('globex'))
  /** Charges a user's card; returns the answer with the calls to Stripe that it took. */
  .extend(
    'charge',
    ({ paydesk, partner }) =>
      async (user: string, card: string, options: ChargeOptions = {}) => {
        const { caller = partner, key = randomUUID() } = options;
        const before = paydesk.stripeCalls.length;
        const answer = await caller.post(
          `/partners/user/${user}/payment_intent`,
          { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card },
          { 'idempotency-key': key },
        );
        return { ...answer, calls: paydesk.stripeCalls.slice(before) };
      },
  )
  /** A user with a saved card that was listed before. */
  .extend('listed', ({ paydesk, partner }) => async () => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await partner.get(`/partners/user/${user}/payment_methods`);
    return { user, card };
  })
  /** A payment method as a front end makes it with a publishable key, attached to nobody. */
  .extend('unattached', ({ paydesk: { stripe } }) => async () => {
    const { id } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    return id;
  });

interface ChargeOptions {
  caller?: Caller;
  key?: string;
}

/** What a caller sees, without what differs from request to request. */
function seen({ status, body }: Pick<Answer, 'status' | 'body'>): object {
  const { operationId: _operation, instance: _instance, ...rest } = body;
  return { status, ...rest };
}

describe('a payment method that is not attached to the customer of the user', () => {
  it('is not charged if it was never attached, and no charge is attempted', async ({
    paydesk,
    partner,
    charge,
    unattached,
  }) => {
    const user = someUser();
    await saveCard(paydesk, partner, user);
    const card = await unattached();
    const { calls, ...answer } = await charge(user, card);
    expect(answer).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'stripe_payment_method_id', message: 'no such object' }] },
    });
    expect(calls).toEqual([expect.stringMatching(LOOK_UP_CALL)]);
    expect((await partner.get(`/partners/user/${user}/payments`)).body).toEqual([]);
    // https://docs.stripe.com/payments/save-and-reuse: a payment uses up one that is not attached.
    expect((await charge(user, card)).status).toBe(404);
    expect((await paydesk.stripe.paymentMethods.retrieve(card)).customer).toBeNull();
  });

  it('looks the same whether it is unknown, unattached, detached or of another user or tenant', async ({
    paydesk,
    partner,
    partner2,
    charge,
    listed,
    unattached,
  }) => {
    const { user, card: detached } = await listed();
    await paydesk.stripe.paymentMethods.detach(detached);
    const ofAnotherUser = await saveCard(paydesk, partner, someUser());
    const ofAnotherTenant = await saveCard(paydesk, partner2, user);
    const unknown = seen(await charge(user, 'pm_unknown'));
    for (const card of [await unattached(), detached, ofAnotherUser, ofAnotherTenant]) {
      expect(seen(await charge(user, card))).toEqual(unknown);
    }
  });

  it('stays known as the card of another user', async ({ paydesk, partner2, charge, listed }) => {
    const owner = await listed();
    const thief = someUser();
    await saveCard(paydesk, partner2, thief);
    expect((await charge(thief, owner.card, { caller: partner2 })).status).toBe(404);
    expect((await charge(owner.user, owner.card)).calls).toEqual([CHARGE_CALL]);
  });
});

describe('the calls to Stripe of a charge', () => {
  it('are one for a card that was listed before', async ({ charge, listed }) => {
    const { user, card } = await listed();
    expect(await charge(user, card)).toMatchObject({ status: 201, calls: [CHARGE_CALL] });
  });

  it('are a look-up and the charge for a card that is not known yet, then one', async ({
    paydesk,
    partner,
    charge,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    expect(await charge(user, card)).toMatchObject({
      status: 201,
      calls: [expect.stringMatching(LOOK_UP_CALL), CHARGE_CALL],
    });
    expect(await charge(user, card)).toMatchObject({ status: 201, calls: [CHARGE_CALL] });
  });

  it('are one look-up for a card that turns out to be detached, once Stripe has refused it', async ({
    paydesk,
    charge,
    listed,
  }) => {
    const { user, card } = await listed();
    await paydesk.stripe.paymentMethods.detach(card);
    expect(await charge(user, card)).toMatchObject({
      status: 404,
      calls: [CHARGE_CALL, expect.stringMatching(LOOK_UP_CALL)],
    });
    expect(await charge(user, card)).toMatchObject({
      status: 404,
      calls: [expect.stringMatching(LOOK_UP_CALL)],
    });
  });
});

describe('a charge of a card that is detached later', () => {
  it('is repeated with its first answer, without a call', async ({ paydesk, charge, listed }) => {
    const { user, card } = await listed();
    const key = randomUUID();
    const first = await charge(user, card, { key });
    await paydesk.stripe.paymentMethods.detach(card);
    const again = await charge(user, card, { key });
    expect(again).toMatchObject({ status: 201, calls: [] });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('is resumed without another look-up', async ({ paydesk, clock, charge, listed }) => {
    const { user, card } = await listed();
    const key = randomUUID();
    paydesk.sandbox.faults.add({ ...CHARGING, kinds: ['reset_after_effect'], share: 1 });
    expect((await charge(user, card, { key })).status).toBe(503);
    paydesk.sandbox.faults.clear();
    await paydesk.stripe.paymentMethods.detach(card);
    clock.moveSeconds(31);
    const before = paydesk.stripeCalls.length;
    expect(await paydesk.resumeNext()).toBe(true);
    expect(paydesk.stripeCalls.slice(before)).toEqual([CHARGE_CALL]);
    expect(await charge(user, card, { key })).toMatchObject({ status: 201, calls: [] });
  });

  it('stays open while Stripe does not say whether the refused card is attached', async ({
    paydesk,
    charge,
    listed,
  }) => {
    const { user, card } = await listed();
    const key = randomUUID();
    await paydesk.stripe.paymentMethods.detach(card);
    paydesk.sandbox.faults.add({
      path: '/v1/customers/*/payment_methods/*',
      kinds: ['error_before_effect'],
      share: 1,
    });
    expect((await charge(user, card, { key })).status).toBe(503);
    paydesk.sandbox.faults.clear();
    const final = await charge(user, card, { key });
    expect(final.status).toBe(404);
    expect((await charge(user, card, { key })).headers.get('idempotent-replayed')).toBe('true');
  });
});
