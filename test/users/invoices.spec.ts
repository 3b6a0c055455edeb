import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const it = paydeskTest()
  .extend('payer', ({ paydesk }) => async () => {
    const user = await paydesk.user(someUser());
    return { user, customer: await customerOfUser(paydesk, user) };
  })
  /** The charge of a card of a customer. */
  .extend('charge', ({ paydesk }) => async (customer: string, testCard = 'pm_card_visa') => {
    const { id } = await paydesk.stripe.paymentMethods.attach(testCard, { customer });
    const intent = await paydesk.stripe.paymentIntents.create({
      amount: 1999,
      currency: 'usd',
      customer,
      payment_method: id,
      allowed_payment_method_types: ['card'],
    });
    await paydesk.stripe.paymentIntents.confirm(intent.id).catch(() => undefined);
    const { latest_charge: latest } = await paydesk.stripe.paymentIntents.retrieve(intent.id);
    return idOf(latest) ?? '';
  });

describe('GET /payments/invoices', () => {
  it('lists the invoices, newest first, page by page', async ({ paydesk, payer, clock }) => {
    const { user, customer } = await payer();
    const first = await startSubscription(paydesk.stripe, {}, customer);
    clock.moveSeconds(5);
    const second = await startSubscription(paydesk.stripe, {}, customer);
    const [older, newer] = [first, second].map(({ latest_invoice: latest }) => idOf(latest));
    const page = await user.get('/payments/invoices?limit=1');
    const invoice = await paydesk.stripe.invoices.retrieve(newer ?? '');
    expect(page.status).toBe(200);
    expect(page.body).toEqual({
      data: [
        {
          id: newer,
          number: invoice.number,
          total: '10.00',
          currency: 'usd',
          status: 'paid',
          createdAt: new Date(invoice.created * 1000).toISOString(),
          hostedUrl: invoice.hosted_invoice_url,
          pdfUrl: invoice.invoice_pdf,
        },
      ],
      nextCursor: newer,
    });
    const { body } = await user.get(`/payments/invoices?limit=1&cursor=${newer}`);
    expect(body).toMatchObject({ data: [{ id: older }], nextCursor: null });
  });

  it('also shows those of a customer that was deleted at Stripe', async ({ paydesk, payer }) => {
    const { user, customer } = await payer();
    const { latest_invoice: latest } = await startSubscription(paydesk.stripe, {}, customer);
    await paydesk.stripe.customers.del(customer);
    await user.get('/payments/payment-information');
    const { body } = await user.get('/payments/invoices');
    expect(body.data).toMatchObject([{ id: idOf(latest) }]);
  });

  it('is empty for a user without a customer', async ({ paydesk }) => {
    const { status, body } = await (await paydesk.user(someUser())).get('/payments/invoices');
    expect({ status, body }).toEqual({ status: 200, body: { data: [], nextCursor: null } });
  });

  it.for(['cursor=ch_123', 'limit=0', 'page=2'])('names what is wrong with %s', async (query, { payer }) => {
    const { user } = await payer();
    const answer = await user.get(`/payments/invoices?${query}`);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toHaveLength(1);
  });
});

describe('GET /payments/receipts/:chargeId', () => {
  it('redirects to Stripe’s receipt', async ({ paydesk, payer, charge }) => {
    const { user, customer } = await payer();
    const id = await charge(customer);
    const { status, headers, body } = await user.get(`/payments/receipts/${id}`);
    const { receipt_url: url } = await paydesk.stripe.charges.retrieve(id);
    expect({ status, location: headers.get('location'), body }).toEqual({
      status: 302,
      location: url,
      body: undefined,
    });
  });

  it('leads to a page, as the links of an invoice do', async ({ paydesk, payer, charge }) => {
    const { user, customer } = await payer();
    await startSubscription(paydesk.stripe, {}, customer);
    const { headers } = await user.get(`/payments/receipts/${await charge(customer)}`);
    const { body } = await user.get('/payments/invoices');
    const [{ hostedUrl, pdfUrl }] = body.data;
    const pages = [headers.get('location'), hostedUrl, pdfUrl].map(async (url) => {
      const response = await fetch(url);
      await response.arrayBuffer();
      return [response.status, response.headers.get('content-type')];
    });
    expect(await Promise.all(pages)).toEqual([
      [200, 'text/html; charset=utf-8'],
      [200, 'text/html; charset=utf-8'],
      [200, 'application/pdf'],
    ]);
  });

  it('never redirects to another site', async ({ paydesk, payer, charge }) => {
    const { user, customer } = await payer();
    const id = await charge(customer);
    paydesk.sandbox.store.charges.update(id, { receipt_url: 'https://evil.example/receipts' });
    const answer = await user.get(`/payments/receipts/${id}`);
    expectProblem(answer, 'internal-error');
    expect(answer.headers.get('location')).toBeNull();
  });

  it('refuses a charge that failed: it has no receipt', async ({ payer, charge }) => {
    const { user, customer } = await payer();
    const id = await charge(customer, 'pm_card_chargeCustomerFail');
    expectProblem(await user.get(`/payments/receipts/${id}`), 'invalid-state');
  });

  it('does not know the charge of another user', async ({ payer, charge }) => {
    const [mine, theirs] = [await payer(), await payer()];
    const id = await charge(theirs.customer);
    expect(await mine.user.get(`/payments/receipts/${id}`)).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'chargeId' }] },
    });
    expect((await theirs.user.get(`/payments/receipts/${id}`)).status).toBe(302);
  });
});
