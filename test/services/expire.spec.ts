import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

describe('POST /pay/expire', () => {
  it.for([
    ['/pay', { amount: '5.00' }],
    ['/pay/recurrent', { amount: '5.00', interval: 'month' }],
  ] as const)(
    'expires a payment that %s started, and succeeds for an expired one',
    async ([path, body], { paydesk, shop }) => {
      const { paymentID } = (await shop.post(path, { ...redirects, ...body })).body;
      for (const attempt of ['first', 'second']) {
        const answer = await shop.post(
          '/pay/expire',
          { paymentID },
          { 'idempotency-key': attempt + paymentID },
        );
        expect(answer).toMatchObject({ status: 200, body: { result: 'OK', paymentID } });
      }
      const { status, url } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
      expect({ status, url }).toEqual({ status: 'expired', url: null });
      expect((await shop.get(`/status?paymentID=${paymentID}`)).body).toMatchObject({ status: 'FAILED' });
    },
  );

  it('reports an unknown payment as not found', async ({ shop }) => {
    const { status, body } = await shop.post('/pay/expire', { paymentID: 'cs_test_unknown' });
    expect({ status, errors: body.errors }).toEqual({
      status: 404,
      errors: [{ field: 'paymentID', message: 'no such object' }],
    });
  });

  it('refuses a payment that was made without a page', async ({ paydesk, shop }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    const { status, body } = await shop.post('/pay/expire', { paymentID: id });
    expect({ status, fields: body.errors?.map((e: { field: string }) => e.field) }).toEqual({
      status: 400,
      fields: ['paymentID'],
    });
  });

  it.for(['session', 'subscription', 'invoice', 'payment', 'charge'])(
    'does not expire a paid subscription by its %s',
    async (kind, { paydesk, shop }) => {
      const { stripe } = paydesk;
      const started = await shop.post('/pay/recurrent', { ...redirects, amount: '5.00', interval: 'month' });
      await payOnPage(started.body.redirectToUrl);
      const session = await stripe.checkout.sessions.retrieve(started.body.paymentID);
      const { data } = await stripe.invoicePayments.list({ invoice: idOf(session.invoice) ?? '' });
      const payment = idOf(data[0]?.payment.payment_intent) ?? '';
      const { latest_charge: charge } = await stripe.paymentIntents.retrieve(payment);
      const ids: Record<string, string | undefined> = {
        session: session.id,
        subscription: idOf(session.subscription),
        invoice: idOf(session.invoice),
        payment,
        charge: idOf(charge),
      };
      const { status, body } = await shop.post('/pay/expire', { paymentID: ids[kind] });
      expect({ status, type: body.type }).toEqual({ status: 409, type: 'urn:paydesk:invalid-state' });
    },
  );
});
