import { expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { visit } from '../support/plain-browser.js';
import { confirmTest } from './confirm-test.js';

/** A `test` with payments whose customers choose another card, and the pages on which they pay then. */
export function pageTest() {
  return (
    confirmTest()
      /** A payment whose customer has chosen another card; `press` does so again, with the same button. */
      .extend('chosen', ({ refusedCharge }) => async () => {
        const payment = await refusedCharge('pm_card_chargeCustomerFail');
        const { forms } = await visit(payment.url);
        return { ...payment, press: () => visit(forms['another-card'] ?? '', 'POST') };
      })
      /** The page that Stripe has made for a payment, of which the service has not heard. */
      .extend('pageOf', ({ paydesk }) => async (id: string) => {
        const { customer } = await paydesk.stripe.paymentIntents.retrieve(id);
        const { data } = await paydesk.stripe.checkout.sessions.list({ customer: idOf(customer) ?? '' });
        expect(data).toHaveLength(1);
        return { sessionId: data[0]?.id ?? '', url: data[0]?.url ?? '' };
      })
      /** The PaymentIntent that a customer has tried on the page in place of a payment. */
      .extend('attemptOn', ({ paydesk }) => async (id: string) => {
        const { customer } = await paydesk.stripe.paymentIntents.retrieve(id);
        const { data } = await paydesk.stripe.paymentIntents.list({ customer: idOf(customer) ?? '' });
        return data.find((intent) => intent.id !== id)?.id ?? '';
      })
      /** Expects what was paid on a page to be one payment with one history. */
      .extend(
        'expectPaid',
        ({ paydesk, shop, recorded, notified, successesTold }) =>
          async (id: string, sessionId: string) => {
            await paydesk.walkEvents();
            await expect.poll(async () => (await recorded(id)).status).toBe('ACCEPTED');
            expect(await recorded(id)).toMatchObject({
              paymentID: id,
              type: 'charge',
              caller: 'partner:acme',
              stripe: { session: sessionId },
            });
            const { data } = (await shop.get('/pay/payments?limit=100')).body;
            expect(data.map(({ paymentID }: { paymentID: string }) => paymentID)).not.toContain(sessionId);
            await expect.poll(() => successesTold(id)).toBe(1);
            expect(await notified(sessionId)).toEqual([]);
          },
      )
  );
}
