import { describe, expect } from 'vitest';
import { attachCard, saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest().extend(
  'chargeWith',
  ({ paydesk, partner }) =>
    async (testCard: string, headers: Record<string, string> = {}, amount: unknown = '3000') => {
      const user = someUser();
      const card = await saveCard(paydesk, partner, user, testCard);
      const body = { amount, description: 'Wellness exam', stripe_payment_method_id: card };
      const send = (change: object = {}) =>
        partner.post(`/partners/user/${user}/payment_intent`, { ...body, ...change }, headers);
      return { user, card, send, answer: await send() };
    },
);

describe('POST /partners/user/:user_id/payment_intent', () => {
  it('charges the card immediately and off-session, and returns the URL of the payment', async ({
    paydesk,
    partner,
    chargeWith,
  }) => {
    const { user, card, answer } = await chargeWith('pm_card_visa');
    expect(answer.status).toBe(201);
    expect(answer.body).toBeUndefined();
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(new RegExp(`^/partners/user/${user}/payments/pi_\\w+$`));
    const intent = await paydesk.stripe.paymentIntents.retrieve(location.split('/').at(-1) ?? '');
    expect(intent).toMatchObject({
      amount: 3000,
      amount_received: 3000,
      currency: 'usd',
      description: 'Wellness exam',
      payment_method: card,
      status: 'succeeded',
    });
    const { body } = await partner.get(location);
    expect(body).toMatchObject({ amount: '3000', status: 'complete', description: 'Wellness exam' });
  });

  it('accepts the amount as a JSON number, and another currency', async ({
    paydesk,
    partner,
    chargeWith,
  }) => {
    const { user, card } = await chargeWith('pm_card_visa');
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: 500,
      currency: 'jpy',
      description: 'Tea',
      stripe_payment_method_id: card,
    });
    const id = headers.get('location')?.split('/').at(-1) ?? '';
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ amount: 500, currency: 'jpy' });
  });

  // https://docs.stripe.com/testing#declined-payments: this card can be saved, and every charge fails.
  it('reports a decline as 402 with its code, and shows the failed payment in the history', async ({
    partner,
    chargeWith,
  }) => {
    const { user, answer } = await chargeWith('pm_card_chargeCustomerFail');
    expect(answer.status).toBe(402);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:paydesk:card-declined',
      declineCode: 'generic_decline',
      retryable: false,
    });
    expect(answer.body.operationId).toMatch(/^[0-9a-f-]{36}$/);
    const { body } = await partner.get(`/partners/user/${user}/payments`);
    expect(body).toMatchObject([{ status: 'requires payment method', amount: '3000' }]);
  });

  // https://docs.stripe.com/testing#three-ds-cards: always asks, whether or not it was set up.
  it('reports a card that requires authentication as 402 with what Stripe.js needs', async ({
    paydesk,
    partner,
  }) => {
    const user = someUser();
    const card = await attachCard(paydesk, partner, user, 'pm_card_authenticationRequired');
    const { status, body } = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
    });
    expect(status).toBe(402);
    expect(body).toMatchObject({ type: 'urn:paydesk:authentication-required' });
    expect(body.paymentId).toMatch(/^pi_\w+$/);
    expect(body.clientSecret).toMatch(new RegExp(`^${body.paymentId}_secret_\\w+$`));
  });

  it('charges once, however often the same request is repeated under one key', async ({
    partner,
    chargeWith,
  }) => {
    const { user, send, answer } = await chargeWith('pm_card_visa', { 'idempotency-key': 'order-1' });
    const again = await Promise.all([send(), send(), send()]);
    for (const repetition of again) {
      expect(repetition.status).toBe(201);
      expect(repetition.headers.get('location')).toBe(answer.headers.get('location'));
      expect(repetition.headers.get('idempotent-replayed')).toBe('true');
    }
    const { body } = await partner.get(`/partners/user/${user}/payments`);
    expect(body).toHaveLength(1);
  });

  it('charges once for 20 requests at once under one key', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const send = () =>
      partner.post(
        `/partners/user/${user}/payment_intent`,
        { amount: 700, description: 'Race', stripe_payment_method_id: card },
        { 'idempotency-key': 'race' },
      );
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    for (const { status, body, headers } of answers) {
      if (status === 201) continue;
      expect(body).toMatchObject({ status: 409, type: 'urn:paydesk:in-progress', retryable: true });
      expect(headers.get('retry-after')).toBe('1');
    }
    expect((await send()).status).toBe(201);
    const { body } = await partner.get(`/partners/user/${user}/payments`);
    expect(body).toHaveLength(1);
  });

  it('repeats a decline under the same key without trying the card again', async ({
    partner,
    chargeWith,
  }) => {
    const { user, send, answer } = await chargeWith('pm_card_chargeCustomerFail', { 'idempotency-key': 'k' });
    const again = await send();
    expect(again.status).toBe(402);
    expect(again.body).toMatchObject({ type: answer.body.type, operationId: answer.body.operationId });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { body } = await partner.get(`/partners/user/${user}/payments`);
    expect(body).toHaveLength(1);
  });

  it('refuses a key that was used with another body', async ({ partner, chargeWith }) => {
    const { user, send } = await chargeWith('pm_card_visa', { 'idempotency-key': 'order-2' });
    const { status, body } = await send({ amount: '9900' });
    expect({ status, type: body.type }).toEqual({ status: 422, type: 'urn:paydesk:idempotency-key-reused' });
    expect((await partner.get(`/partners/user/${user}/payments`)).body).toHaveLength(1);
  });

  it('treats the same key of another partner, or for another user, as another request', async ({
    chargeWith,
  }) => {
    const headers = { 'idempotency-key': 'shared' };
    const first = await chargeWith('pm_card_visa', headers);
    const second = await chargeWith('pm_card_visa', headers);
    expect(second.answer.status).toBe(201);
    expect(second.answer.headers.get('location')).not.toBe(first.answer.headers.get('location'));
  });

  it("does not charge another user's card", async ({ chargeWith }) => {
    const { card } = await chargeWith('pm_card_visa');
    const other = await chargeWith('pm_card_visa');
    const { status, body } = await other.send({ stripe_payment_method_id: card });
    expect({ status, errors: body.errors }).toEqual({
      status: 404,
      errors: [{ field: 'stripe_payment_method_id', message: 'no such object' }],
    });
  });

  it('names the field of the contract in a replayed problem too', async ({
    paydesk,
    partner,
    chargeWith,
  }) => {
    const { user, card } = await chargeWith('pm_card_visa');
    await paydesk.stripe.paymentMethods.detach(card);
    const charge = { amount: '3000', description: 'Tea', stripe_payment_method_id: card };
    for (const replayed of [null, 'true']) {
      const headers = { 'idempotency-key': 'unknown-card' };
      const answer = await partner.post(`/partners/user/${user}/payment_intent`, charge, headers);
      expect(answer).toMatchObject({
        status: 404,
        body: { errors: [{ field: 'stripe_payment_method_id', message: 'no such object' }] },
      });
      expect(answer.headers.get('idempotent-replayed')).toBe(replayed);
    }
  });

  it('does not charge a card for a user who has none', async ({ partner, chargeWith }) => {
    const { card } = await chargeWith('pm_card_visa');
    const { status, body } = await partner.post(`/partners/user/${someUser()}/payment_intent`, {
      amount: '3000',
      description: 'x',
      stripe_payment_method_id: card,
    });
    expect({ status, type: body.type }).toEqual({ status: 404, type: 'urn:paydesk:not-found' });
  });

  // https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
  it.for(['49', '100000000'])(
    'refuses %s cents as out of range, without a call to Stripe',
    async (amount, { paydesk, chargeWith }) => {
      const { send } = await chargeWith('pm_card_visa');
      const before = paydesk.stripeCalls.length;
      const { status, body } = await send({ amount });
      expect({ status, type: body.type }).toEqual({ status: 422, type: 'urn:paydesk:amount-out-of-range' });
      expect(body.errors).toMatchObject([{ field: 'amount' }]);
      expect(paydesk.stripeCalls.slice(before)).not.toContain('POST /v1/payment_intents');
    },
  );
});
