import { expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { paydeskTest, type PaydeskTestOptions } from '../support/paydesk-test.js';
import { type SeenPage, visit } from '../support/plain-browser.js';
import { attachCard, someUser } from '../support/saved-card.js';

/** Submits a form of the page, and expects it to lead to another page. */
export async function press(page: SeenPage, form: 'authenticate' | 'another-card'): Promise<string> {
  const { [form]: url } = page.forms;
  expect(url).toBeDefined();
  const answer = await visit(url ?? '', 'POST');
  expect(answer.next).toBeDefined();
  return new URL(answer.next ?? '', url).href;
}

/** A `test` with payments that wait for their customer. */
export function confirmTest(options: PaydeskTestOptions = {}) {
  return (
    paydeskTest(options)
      /** A charge of 30.00 that is refused, by default because the bank wants the customer to authenticate. */
      .extend(
        'refusedCharge',
        ({ paydesk, partner }) =>
          async (testCard = 'pm_card_authenticationRequired', body: object = {}) => {
            const user = someUser();
            const card = await attachCard(paydesk, partner, user, testCard);
            const charge = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: card };
            const path = `/partners/user/${user}`;
            const send = () =>
              partner.post(
                `${path}/payment_intent`,
                { ...charge, ...body },
                { 'idempotency-key': `charge-of-${user}` },
              );
            const answer = await send();
            expect(answer.status).toBe(402);
            const { confirm_url: url, paymentId: id } = answer.body as Record<string, string>;
            return { user, answer, send, url: url ?? '', id: id ?? '', path: `${path}/payments/${id}` };
          },
      )
      .extend('notified', ({ shop }) => async (id: string) => {
        const { body } = await shop.get(`/notifications?paymentID=${id}`);
        return (body.data as { type: string }[]).map(({ type }) => type);
      })
      /** How often callers were told that a payment has succeeded. What a read has found is told once its event arrives. */
      .extend('successesTold', ({ notified }) => async (id: string) => {
        return (await notified(id)).filter((type) => type === 'payment.succeeded').length;
      })
      .extend(
        'recorded',
        ({ shop }) =>
          async (id: string) =>
            (await shop.get(`/pay/payments/${id}`)).body,
      )
      /** Everything that has succeeded for a customer, at Stripe. */
      .extend('paidAtStripe', ({ paydesk }) => async (id: string) => {
        const { customer } = await paydesk.stripe.paymentIntents.retrieve(id);
        const { data } = await paydesk.stripe.paymentIntents.list({
          customer: idOf(customer) ?? '',
          limit: 100,
        });
        return data.filter(({ status }) => status === 'succeeded' || status === 'requires_capture');
      })
  );
}
