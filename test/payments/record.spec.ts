import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import type { Answer } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const OWN_PAYMENTS = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');
const DECLINED_CARD = 'pm_card_chargeCustomerFail';

const it = paydeskTest({ workerByHand: true })
  .extend('charged', ({ paydesk, partner }) => async (userId: string, testCard?: string) => {
    const card = await saveCard(paydesk, partner, userId, testCard);
    const body = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    return partner.post(`/partners/user/${userId}/payment_intent`, body);
  })
  .extend('list', ({ shop }) => async (search: string) => {
    const { status, body } = await shop.get(`/pay/payments?${search}`);
    expect(status).toBe(200);
    return body.data;
  });

function paymentIdOf(answer: Answer): string {
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

describe('the record of payments', () => {
  it('has a charge as soon as it is answered, with who started it', async ({ paydesk, shop, charged }) => {
    const user = someUser();
    const answer = await charged(user);
    const id = paymentIdOf(answer);
    const before = paydesk.stripeCalls.length;
    const { status, body } = await shop.get(`/pay/payments/${id}`);
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
    expect(status).toBe(200);
    const intent = await paydesk.stripe.paymentIntents.retrieve(id);
    expect(body).toEqual({
      paymentID: id,
      type: 'charge',
      status: 'ACCEPTED',
      shopTransactionID: null,
      tenant: 'partner:acme',
      userId: user,
      caller: 'partner:acme',
      operationId: intent.metadata.operation_id,
      amount: '30.00',
      amountRefunded: '0.00',
      amountDisputed: '0.00',
      // Stripe captures later: https://docs.stripe.com/payments/payment-intents/asynchronous-capture
      fee: null,
      net: null,
      currency: 'usd',
      card: { brand: 'visa', last4: '4242' },
      subscriptionID: null,
      stripe: {
        session: null,
        paymentIntent: id,
        charge: intent.latest_charge,
        invoice: null,
        customer: intent.customer,
      },
      createdAt: new Date(intent.created * 1000).toISOString(),
      updatedAt: expect.any(String),
      version: 1,
      refunds: [],
      disputes: [],
      timeline: [
        { at: expect.any(String), kind: 'request', operationId: intent.metadata.operation_id },
        { at: expect.any(String), kind: 'stripe', requestId: expect.stringMatching(/^req_/) },
        { at: expect.any(String), kind: 'change', from: null, to: 'ACCEPTED' },
        {
          at: expect.any(String),
          kind: 'notification',
          notificationId: expect.any(String),
          type: 'payment.succeeded',
        },
      ],
    });
  });

  it('has a declined charge as failed, with its card', async ({ charged, list }) => {
    const user = someUser();
    expectProblem(await charged(user, DECLINED_CARD), 'card-declined');
    const [payment] = await list(`userId=${user}&tenant=acme`);
    expect(payment).toMatchObject({ status: 'FAILED', amount: '30.00', caller: 'partner:acme' });
    expect(payment.card).toMatchObject({ last4: '0341' });
  });

  it('notifies of what a charge has become, once', async ({ paydesk, charged }) => {
    const id = paymentIdOf(await charged(someUser()));
    const user = someUser();
    await charged(user, DECLINED_CARD);
    const types = 'select type from notifications where payment_id = $1';
    expect(await query(paydesk, types, [id])).toEqual([{ type: 'payment.succeeded' }]);
    const declined = 'select type, data from notifications where user_id = $1 and payment_id is not null';
    expect(await query(paydesk, declined, [user])).toEqual([
      {
        type: 'payment.failed',
        data: { payment: expect.objectContaining({ status: 'FAILED', userId: user }) },
      },
    ]);
  });

  it('has a refund as soon as it is answered, and notifies of it', async ({ paydesk, shop, charged }) => {
    const id = paymentIdOf(await charged(someUser()));
    const answer = await shop.post('/refund', { paymentID: id, amount: '10.00' });
    const { body } = await shop.get(`/pay/payments/${id}`);
    const { refundID } = answer.body;
    const refund = await paydesk.stripe.refunds.retrieve(refundID);
    expect(body).toMatchObject({
      amountRefunded: '10.00',
      version: 2,
      refunds: [
        {
          refundID,
          amount: '10.00',
          status: 'SUCCEEDED',
          createdAt: new Date(refund.created * 1000).toISOString(),
        },
      ],
    });
    expect(body.timeline.slice(-4)).toEqual([
      { at: expect.any(String), kind: 'request', operationId: refund.metadata?.operation_id },
      { at: expect.any(String), kind: 'stripe', requestId: expect.stringMatching(/^req_/) },
      { at: expect.any(String), kind: 'change', objectId: refundID, from: null, to: 'SUCCEEDED' },
      expect.objectContaining({ kind: 'notification', type: 'refund.succeeded' }),
    ]);
    const types = 'select type, data from notifications where payment_id = $1 order by sequence';
    expect(await query(paydesk, types, [id])).toMatchObject([
      { type: 'payment.succeeded' },
      { type: 'refund.succeeded', data: { refund: { refundID }, payment: { amountRefunded: '10.00' } } },
    ]);
  });

  it('has a Checkout page that is open', async ({ shop, list }) => {
    const order = { amount: '5.00', shopTransactionID: someUser(), userId: someUser(), ...redirects };
    const { body } = await shop.post('/pay', order);
    const [payment, ...others] = await list(`shopTransactionID=${order.shopTransactionID}`);
    expect(others).toEqual([]);
    expect(payment).toMatchObject({
      paymentID: body.paymentID,
      type: 'checkout',
      status: 'PENDING',
      shopTransactionID: order.shopTransactionID,
      tenant: 'issuer:paydesk',
      userId: order.userId,
      caller: 'service:shop',
      amount: '5.00',
      card: null,
    });
    expect(await list(`userId=${order.userId}`)).toEqual([payment]);
    expect(await list(`userId=${order.userId}&tenant=issuer:paydesk`)).toEqual([payment]);
    expect(await list(`userId=${order.userId}&tenant=acme`)).toEqual([]);
  });

  it('repeats nothing for a request that is repeated', async ({ shop, list, paydesk }) => {
    const order = { amount: '5.00', shopTransactionID: someUser(), ...redirects };
    const key = { 'idempotency-key': someUser() };
    await shop.post('/pay', order, key);
    await shop.post('/pay', order, key);
    expect(await list(`shopTransactionID=${order.shopTransactionID}`)).toHaveLength(1);
    const rows = await query(paydesk, 'select version from payments where shop_transaction_id = $1', [
      order.shopTransactionID,
    ]);
    expect(rows).toEqual([{ version: 1 }]);
  });

  it('has no secret and no e-mail address', async ({ paydesk, shop, charged }) => {
    const user = someUser();
    const id = paymentIdOf(await charged(user));
    await shop.put(`/customers/${user}?tenant=acme`, { name: 'Jenny', email: 'jenny@example.com' });
    await shop.post('/refund', { paymentID: id, amount: '10.00' });
    const order = { amount: '5.00', interval: 'month', userId: user, tenant: 'acme', ...redirects };
    const { body } = await shop.post('/pay/recurrent', order);
    await payOnPage(body.redirectToUrl);
    await shop.get(`/status?paymentID=${body.paymentID}`);
    await paydesk.walkEvents();
    for (const table of [
      'payments',
      'payment_callers',
      'payment_deliveries',
      'payment_disputes',
      'payment_refunds',
      'payment_subscriptions',
      'notifications',
      'webhook_events',
    ]) {
      const rows = await query<{ text: string }>(paydesk, `select t::text as text from ${table} t`);
      const text = rows.map((row) => row.text).join();
      expect({ table, found: text.match(/_secret_|@|4242424242424242|jenny/i) }).toEqual({
        table,
        found: null,
      });
    }
  });

  it('has amounts with the digits of their currency', async ({ shop, list }) => {
    const shopTransactionID = someUser();
    const amounts = { jpy: '500', kwd: '5.120', usd: '5.00' };
    for (const [currency, amount] of Object.entries(amounts)) {
      await shop.post('/pay', { amount, currency, shopTransactionID, allowDuplicate: true, ...redirects });
    }
    const payments: { currency: string; amount: string; amountRefunded: string }[] = await list(
      `shopTransactionID=${shopTransactionID}`,
    );
    const shown = payments.map(({ currency, amount }) => [currency, amount]);
    expect(Object.fromEntries(shown)).toEqual(amounts);
    expect(payments.map(({ amountRefunded }) => amountRefunded).toSorted()).toEqual(['0', '0.00', '0.000']);
  });
});

describe('the list of payments', () => {
  it('pages through everything once, newest first', async ({ clock, shop, list }) => {
    const shopTransactionID = someUser();
    for (let index = 0; index < 5; index += 1) {
      await shop.post('/pay', {
        amount: `${index + 1}.00`,
        shopTransactionID,
        allowDuplicate: true,
        ...redirects,
      });
      if (index % 2) clock.moveSeconds(1);
    }
    for (const search of [
      `shopTransactionID=${shopTransactionID}`,
      'status=PENDING&type=checkout',
      'tenant=x',
    ]) {
      const all = await list(`${search}&limit=100`);
      const amounts: string[] = [];
      let cursor = '';
      do {
        const { body } = await shop.get(`/pay/payments?${search}&limit=2${cursor}`);
        amounts.push(...body.data.map((payment: { paymentID: string }) => payment.paymentID));
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor);
      expect(amounts).toEqual(all.map((payment: { paymentID: string }) => payment.paymentID));
    }
    const own = await list(`shopTransactionID=${shopTransactionID}`);
    expect(own.map(({ amount }: { amount: string }) => amount)).toEqual([
      '5.00',
      '4.00',
      '3.00',
      '2.00',
      '1.00',
    ]);
  });

  it('has 20 on a page by default, and at most 100', async ({ paydesk, list }) => {
    const shopTransactionID = someUser();
    await query(
      paydesk,
      `insert into payments (
         payment_id, session_id, shop_transaction_id, type, status, stage, amount_minor, refunded_minor, disputed_minor,
         currency, created_at, updated_at, version, revision, timeline
       )
       select id, id, $1, 'checkout', 'PENDING', 'open', 500, 0, 0, 'usd', now(), now(), 1, 1, '[]'
       from (select 'cs_' || n || '_' || replace($1, '-', '') as id from generate_series(1, 101) n) as ids`,
      [shopTransactionID],
    );
    expect(await list(`shopTransactionID=${shopTransactionID}`)).toHaveLength(20);
    expect(await list(`shopTransactionID=${shopTransactionID}&limit=100`)).toHaveLength(100);
  });

  it('is restricted by time, status and type', async ({ clock, shop, list }) => {
    const shopTransactionID = someUser();
    clock.moveSeconds(10);
    await shop.post('/pay', { amount: '5.00', shopTransactionID, ...redirects });
    const [{ createdAt: at }] = await list(`shopTransactionID=${shopTransactionID}`);
    const later = new Date(Date.parse(at) + 1).toISOString();
    const own = `shopTransactionID=${shopTransactionID}`;
    expect(await list(`${own}&from=${at}&to=${later}`)).toHaveLength(1);
    expect(await list(`from=${at}&to=${later}&status=PENDING&type=checkout`)).toHaveLength(1);
    expect(await list(`${own}&from=${later}`)).toEqual([]);
    expect(await list(`${own}&to=${at}`)).toEqual([]);
    expect(await list(`${own}&status=ACCEPTED`)).toEqual([]);
    expect(await list(`${own}&type=charge`)).toEqual([]);
  });

  it('shows a service without payments:any its own payments only', async ({ paydesk, shop }) => {
    const [own, rival] = [
      await paydesk.service('own', { scopes: OWN_PAYMENTS }),
      await paydesk.service('rival', { scopes: OWN_PAYMENTS }),
    ];
    const { body } = await own.post('/pay', { amount: '5.00', ...redirects });
    const lists = await Promise.all([own, rival].map((service) => service.get('/pay/payments')));
    expect(lists.map(({ body: { data } }) => data.length)).toEqual([1, 0]);
    expect((await own.get(`/pay/payments/${body.paymentID}`)).status).toBe(200);
    expect((await shop.get(`/pay/payments/${body.paymentID}`)).status).toBe(200);
    expectProblem(await rival.get(`/pay/payments/${body.paymentID}`), 'not-found');
    const page = await rival.get(`/pay/payments?cursor=${body.paymentID}`);
    expect(page.body.errors).toEqual([{ field: 'cursor', message: expect.any(String) }]);
  });

  it.for([
    ['status=PAID', 'status'],
    ['type=card', 'type'],
    ['from=yesterday', 'from'],
    ['to=2026-02-30T00:00:00Z', 'to'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['cursor=1', 'cursor'],
    ['cursor=pi_unknown', 'cursor'],
    ['shopTransactionID=', 'shopTransactionID'],
    ['userId=', 'userId'],
    ['tenant=', 'tenant'],
    // Names that are not ours are never repeated.
    ['colour=red', 'query'],
  ] as const)('refuses %s, naming %s', async ([search, field], { shop }) => {
    const { status, body } = await shop.get(`/pay/payments?${search}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
  });

  it('does not know the id of another kind of object', async ({ shop }) => {
    expectProblem(await shop.get('/pay/payments/pi_unknown'), 'not-found');
    expect((await shop.get('/pay/payments/cus_1')).status).toBe(400);
  });
});
