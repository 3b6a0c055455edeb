import { describe, expect } from 'vitest';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

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
