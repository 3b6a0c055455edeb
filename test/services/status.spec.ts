import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { paydeskTest } from '../support/paydesk-test.js';

/** https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration: fails after processing. */
const FAILING_IBAN = 'DE62370400440532013001';

const it = paydeskTest()
  /** A session that was not started by us, paid by a debit. */
  .extend('payByDebit', ({ paydesk: { stripe } }) => async () => {
    const { id, url } = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/thanks',
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
      ],
    });
    const form = new URLSearchParams({ iban: FAILING_IBAN, email: 'ada@example.com', name: 'Ada' });
    await fetch(String(url), { method: 'POST', body: form, redirect: 'manual' });
    return stripe.checkout.sessions.retrieve(id);
  })
  .extend('statusOf', ({ shop }) => async (paymentID: string) => {
    return (await shop.get(`/status?paymentID=${paymentID}`)).body.status;
  });

// https://docs.stripe.com/payments/checkout/fulfill-orders#delayed-notification
describe('the status of a payment by debit', () => {
  it('is pending, and failed by each of its ids once the debit has failed', async ({
    clock,
    payByDebit,
    statusOf,
  }) => {
    const session = await payByDebit();
    expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const intent = idOf(session.payment_intent) ?? '';
    expect([await statusOf(session.id), await statusOf(intent)]).toEqual(['PENDING', 'PENDING']);
    clock.moveHours(24);
    expect([await statusOf(session.id), await statusOf(intent)]).toEqual(['FAILED', 'FAILED']);
  });
});
