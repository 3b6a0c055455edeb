import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { expectProblem } from '../support/expect-problem.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { paydeskTest } from '../support/paydesk-test.js';

const NOT_FOUND = { status: 404, body: { type: 'urn:paydesk:not-found', errors: [{ field: 'id' }] } };

const it = paydeskTest();

describe('GET /partners/user/:user_id/payment_methods', () => {
  it('lists the cards, newest first, with the fields of the contract', async ({ paydesk, partner }) => {
    const user = someUser();
    const visa = await saveCard(paydesk, partner, user, 'pm_card_visa');
    const mastercard = await saveCard(paydesk, partner, user, 'pm_card_mastercard');
    const { status, body } = await partner.get(`/partners/user/${user}/payment_methods`);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { stripe_payment_method_id: mastercard, brand: 'mastercard', last4: '4444' },
      { stripe_payment_method_id: visa, brand: 'visa', last4: '4242' },
    ]);
    const [card] = body;
    expect(Object.keys(card)).toEqual([
      'stripe_payment_method_id',
      'brand',
      'exp_month',
      'exp_year',
      'last4',
    ]);
    expect(card.exp_month).toBeGreaterThanOrEqual(1);
    expect(card.exp_month).toBeLessThanOrEqual(12);
  });

  it('lists all cards, even more than one page', async ({ paydesk, partner }) => {
    const user = someUser();
    await partner.post(`/partners/user/${user}/setup_intent`);
    const found = await paydesk.stripe.customers.list({ limit: 100 });
    const customer = found.data.find(({ metadata }) => metadata['paydesk_user_id'] === user);
    for (let count = 0; count < 101; count += 1) {
      const { id } = await paydesk.stripe.paymentMethods.create({
        type: 'card',
        card: { token: 'tok_visa' },
      });
      await paydesk.stripe.paymentMethods.attach(id, { customer: customer?.id ?? '' });
    }
    const { body } = await partner.get(`/partners/user/${user}/payment_methods`);
    expect(
      new Set(body.map((card: { stripe_payment_method_id: string }) => card.stripe_payment_method_id)).size,
    ).toBe(101);
  });

  it('is empty for a user without a customer, and creates none', async ({ partner }) => {
    const { status, body } = await partner.get(`/partners/user/${someUser()}/payment_methods`);
    expect({ status, body }).toEqual({ status: 200, body: [] });
  });
});

describe('DELETE /partners/user/:user_id/payment_methods/:id', () => {
  it('removes the card, and repeats its answer under the same key', async ({ paydesk, partner }) => {
    const user = someUser();
    const visa = await saveCard(paydesk, partner, user, 'pm_card_visa');
    const mastercard = await saveCard(paydesk, partner, user, 'pm_card_mastercard');
    const path = `/partners/user/${user}/payment_methods`;
    const remove = () => partner.delete(`${path}/${visa}`, undefined, { 'idempotency-key': 'remove' });
    expect(await remove()).toMatchObject({ status: 204, body: undefined });
    expect((await partner.get(path)).body).toMatchObject([{ stripe_payment_method_id: mastercard }]);
    const repeated = await remove();
    expect(repeated.status).toBe(204);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect((await paydesk.stripe.paymentMethods.retrieve(visa)).customer).toBeNull();
  });

  it('refuses the last card of an active subscription', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user, 'pm_card_mastercard');
    const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
    const subscription = await startSubscription(paydesk.stripe, {}, idOf(customer));
    const path = `/partners/user/${user}/payment_methods`;
    const paying = idOf(subscription.default_payment_method) ?? '';
    expect((await partner.delete(`${path}/${card}`)).status).toBe(204);
    expectProblem(await partner.delete(`${path}/${paying}`), 'invalid-state');
    expect((await partner.get(path)).body).toMatchObject([{ stripe_payment_method_id: paying }]);
  });

  it("does not know another user's card, and names what is wrong with an id", async ({
    paydesk,
    partner,
  }) => {
    const theirs = await saveCard(paydesk, partner, someUser());
    const path = `/partners/user/${someUser()}/payment_methods`;
    expect(await partner.delete(`${path}/${theirs}`)).toMatchObject(NOT_FOUND);
    const invalid = await partner.delete(`${path}/nonsense`);
    expectProblem(invalid, 'invalid-request');
    expect(invalid.body.errors).toMatchObject([{ field: 'id' }]);
  });
});

describe('PUT /partners/user/:user_id/payment_methods/:id/default', () => {
  it('makes the card the default', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user, 'pm_card_mastercard');
    await saveCard(paydesk, partner, user, 'pm_card_visa');
    const answer = await partner.put(`/partners/user/${user}/payment_methods/${card}/default`);
    expect(answer).toMatchObject({ status: 204, body: undefined });
    const { customer } = await paydesk.stripe.paymentMethods.retrieve(card);
    expect(await paydesk.stripe.customers.retrieve(idOf(customer) ?? '')).toMatchObject({
      invoice_settings: { default_payment_method: card },
    });
  });

  it("does not know another user's card", async ({ paydesk, partner }) => {
    const theirs = await saveCard(paydesk, partner, someUser());
    const path = `/partners/user/${someUser()}/payment_methods/${theirs}/default`;
    expect(await partner.put(path)).toMatchObject(NOT_FOUND);
  });
});
