import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { idOf } from '#stripe/id-of.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

/** https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration: fails after processing. */
const FAILING_IBAN = 'DE62370400440532013001';

const it = paydeskTest({ workerByHand: true })
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
  })
  .extend('checkout', ({ shop }) => async (path = '/pay', fields: object = {}) => {
    const { body } = await shop.post(path, { amount: '5.00', ...fields, ...redirects });
    return { id: String(body.paymentID), url: String(body.redirectToUrl) };
  })
  /** Runs something, and returns the calls to Stripe that it has made. */
  .extend('callsOf', ({ paydesk }) => async (run: () => Promise<unknown>) => {
    const before = paydesk.stripeCalls.length;
    await run();
    return paydesk.stripeCalls.slice(before);
  });

describe('GET /status', () => {
  it('asks Stripe until a payment is decided, and then no longer', async ({ shop, checkout, callsOf }) => {
    const { id, url } = await checkout('/pay', { shopTransactionID: 'order-1' });
    const status = () => shop.get(`/status?paymentID=${id}`);
    expect(await callsOf(status)).toEqual([`GET /v1/checkout/sessions/${id}`]);
    await payOnPage(url);
    const { body } = await status();
    expect(body).toEqual({
      paymentID: id,
      shopTransactionID: 'order-1',
      status: 'ACCEPTED',
      amount: '5.00',
      amountRefunded: '0.00',
      currency: 'usd',
      subscriptionID: null,
      subscriptionStatus: null,
      providerName: 'stripe',
    });
    expect(await callsOf(status)).toEqual([]);
    expect((await status()).body).toEqual(body);
  });

  it('asks nothing about a charge', async ({ paydesk, shop, partner, callsOf }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
    const id = headers.get('location')?.split('/').at(-1) ?? '';
    expect(
      await callsOf(async () => {
        const { body } = await shop.get(`/status?paymentID=${id}`);
        expect(body).toMatchObject({ paymentID: id, status: 'ACCEPTED', amount: '30.00' });
      }),
    ).toEqual([]);
  });

  it('tells once, and only if the record had the payment', async ({ paydesk, shop, checkout, callsOf }) => {
    const { id, url } = await checkout();
    await payOnPage(url);
    const unseen = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    for (const paymentID of [id, id, unseen.id, unseen.id]) {
      expect((await shop.get(`/status?paymentID=${paymentID}`)).body.status).toBe('ACCEPTED');
    }
    expect(await callsOf(() => shop.get(`/status?paymentID=${unseen.id}`))).toEqual([]);
    const types = 'select type from notifications where payment_id = any ($1) order by sequence';
    expect(await query(paydesk, types, [[id, unseen.id]])).toEqual([
      { type: 'checkout.completed' },
      { type: 'payment.succeeded' },
    ]);
  });

  it("takes the caller's own id, and means the newest payment with it", async ({ clock, shop, checkout }) => {
    const shopTransactionID = someUser();
    await checkout('/pay', { shopTransactionID });
    clock.moveSeconds(1);
    const { id } = await checkout('/pay', { shopTransactionID, amount: '7.00', allowDuplicate: true });
    const { body } = await shop.get(`/status?shopTransactionID=${shopTransactionID}`);
    expect(body).toMatchObject({ paymentID: id, shopTransactionID, status: 'PENDING', amount: '7.00' });
    const unknown = await shop.get(`/status?shopTransactionID=${someUser()}`);
    expect(unknown.status).toBe(404);
    expect(unknown.body.errors).toEqual([{ field: 'shopTransactionID', message: 'no such object' }]);
  });

  it.for(['/status', '/status?paymentID=cs_test_1&shopTransactionID=order-1'])(
    'refuses %s',
    async (path, { shop }) => {
      const { status, body } = await shop.get(path);
      expect({ status, fields: body.errors }).toEqual({
        status: 400,
        fields: [{ field: 'paymentID', message: 'requires either paymentID or shopTransactionID' }],
      });
    },
  );

  it('has nothing of another caller by its id', async ({ paydesk, checkout }) => {
    const shopTransactionID = someUser();
    await checkout('/pay', { shopTransactionID });
    const scopes = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');
    const rival = await paydesk.service('rival', { scopes });
    expect((await rival.get(`/status?shopTransactionID=${shopTransactionID}`)).status).toBe(404);
  });

  it('keeps what became of the payment of a subscription that is cancelled', async ({
    paydesk,
    shop,
    checkout,
  }) => {
    const { id, url } = await checkout('/pay/recurrent', { interval: 'month' });
    const unpaid = (await shop.get(`/status?paymentID=${id}`)).body;
    expect(unpaid).toMatchObject({ status: 'PENDING', subscriptionID: null, subscriptionStatus: 'PENDING' });
    await payOnPage(url);
    const paid = (await shop.get(`/status?paymentID=${id}`)).body;
    const subscriptionID = paid.subscriptionID as string;
    expect(paid).toMatchObject({
      status: 'ACCEPTED',
      subscriptionID: expect.stringMatching(/^sub_/),
      subscriptionStatus: 'ACTIVE',
    });
    await shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'now' });
    await paydesk.walkEvents();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
    for (const paymentID of [id, subscriptionID]) {
      expect((await shop.get(`/status?paymentID=${paymentID}`)).body).toEqual({
        ...paid,
        paymentID,
        subscriptionStatus: 'CANCELED',
      });
    }
  });

  it('shows what was refunded', async ({ shop, checkout }) => {
    const { id, url } = await checkout();
    await payOnPage(url);
    await shop.get(`/status?paymentID=${id}`);
    await shop.post('/refund', { paymentID: id, amount: '2.00' });
    const { body } = await shop.get(`/status?paymentID=${id}`);
    expect(body).toMatchObject({ status: 'ACCEPTED', amount: '5.00', amountRefunded: '2.00' });
  });
});

it.for([
  ['/check', 'paymentID'],
  ['/check?paymentID=order-1', 'paymentID'],
  ['/status?paymentID=order-1', 'paymentID'],
  ['/status?shopTransactionID=', 'shopTransactionID'],
  // Names that are not ours are never repeated.
  ['/check?paymentID=cs_test_1&shopTransactionID=order-1', 'query'],
  ['/status?paymentID=cs_test_1&state=paid', 'query'],
] as const)('%s is refused, naming %s', async ([path, field], { shop }) => {
  expect(await shop.get(path)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
});

describe('GET /check', () => {
  it('asks Stripe also about a payment that is decided, and records what it learns', async ({
    paydesk,
    shop,
    checkout,
    callsOf,
  }) => {
    const { id, url } = await checkout();
    const check = () => shop.get(`/check?paymentID=${id}`);
    expect((await check()).body.status).toBe('PENDING');
    await payOnPage(url);
    expect((await check()).body).toMatchObject({ paymentID: id, status: 'ACCEPTED', amountRefunded: '0.00' });
    const { body } = await shop.get(`/pay/payments/${id}`);
    await paydesk.stripe.refunds.create({ payment_intent: body.stripe.paymentIntent, amount: 100 });
    const calls = await callsOf(async () => {
      expect((await check()).body).toMatchObject({ status: 'ACCEPTED', amountRefunded: '1.00' });
    });
    expect(calls).toContain(`GET /v1/payment_intents/${body.stripe.paymentIntent}`);
    expect((await shop.get(`/status?paymentID=${id}`)).body.amountRefunded).toBe('1.00');
  });

  it('announces a payment that was not in the record', async ({ paydesk, shop }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    await shop.get(`/check?paymentID=${id}`);
    await shop.get(`/check?paymentID=${id}`);
    const types = 'select type from notifications where payment_id = $1';
    expect(await query(paydesk, types, [id])).toEqual([{ type: 'payment.succeeded' }]);
  });
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
