import { describe, expect, onTestFinished } from 'vitest';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { eventOf, signatureOf } from '../webhooks/stripe-event.js';

const SECRET = 'whsec_test';
const DECLINED_NUMBER = '4000000000000002';
const AT_LEAST_ONCE = { duplicateShare: 0.5, shuffle: true };

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Has the sandbox send its events, half of them twice and in any order, and waits until they are handled. */
  .extend('handleEvents', ({ paydesk }) => async () => {
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  .extend('payment', ({ shop }) => async (id: string) => {
    const { status, body } = await shop.get(`/pay/payments/${id}`);
    expect(status).toBe(200);
    return body;
  })
  .extend('typesOf', ({ paydesk }) => async (id: string) => {
    const types = 'select type from notifications where payment_id = $1 order by sequence';
    return (await query<{ type: string }>(paydesk, types, [id])).map(({ type }) => type);
  })
  .extend('checkout', ({ shop }) => async (path = '/pay', fields: object = {}) => {
    const { body } = await shop.post(path, { amount: '5.00', ...fields, ...redirects });
    return { id: String(body.paymentID), url: String(body.redirectToUrl) };
  });

describe('events bring the record up to date:', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    paydesk.sandbox.webhooks.setBehaviour(AT_LEAST_ONCE);
  });

  it('a Checkout page is paid after a declined attempt', async ({
    checkout,
    handleEvents,
    payment,
    typesOf,
  }) => {
    const { id, url } = await checkout();
    await payOnPage(url, DECLINED_NUMBER);
    await handleEvents();
    expect(await payment(id)).toMatchObject({ status: 'PENDING', card: { last4: '0002' } });
    await payOnPage(url);
    await handleEvents();
    const paid = await payment(id);
    expect(paid).toMatchObject({
      paymentID: id,
      type: 'checkout',
      status: 'ACCEPTED',
      amount: '5.00',
      caller: 'service:shop',
      card: { brand: 'visa', last4: '4242' },
      stripe: { session: id, paymentIntent: expect.stringMatching(/^pi_/), charge: expect.any(String) },
    });
    expect((await typesOf(id)).toSorted()).toEqual(['checkout.completed', 'payment.succeeded']);
    expect(paid.timeline).toContainEqual({
      at: expect.any(String),
      kind: 'change',
      from: 'PENDING',
      to: 'ACCEPTED',
    });
    const events = paid.timeline.flatMap(({ eventId }: { eventId?: string }) => eventId ?? []);
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events).size).toBe(events.length);
    const times = paid.timeline.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted());
  });

  it('a payment in the dashboard with the same metadata key for something else', async ({
    paydesk,
    handleEvents,
    payment,
  }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
      metadata: { operation_id: 'order 7' },
    });
    await handleEvents();
    expect(await payment(id)).toMatchObject({ status: 'ACCEPTED', operationId: null });
  });

  it('a Checkout page whose operation died before its outcome', async ({
    paydesk,
    checkout,
    handleEvents,
    payment,
    typesOf,
  }) => {
    const { id, url } = await checkout();
    await query(paydesk, 'delete from payments where session_id = $1', [id]);
    await payOnPage(url, DECLINED_NUMBER);
    await handleEvents();
    await payOnPage(url);
    await handleEvents();
    const paid = await payment(id);
    expect(paid).toMatchObject({ status: 'ACCEPTED', caller: 'service:shop', stripe: { session: id } });
    expect(await payment(paid.stripe.paymentIntent)).toEqual(paid);
    expect(await typesOf(paid.paymentID)).toContain('payment.succeeded');
  });

  it('a Checkout page expires', async ({ paydesk, checkout, handleEvents, payment, typesOf }) => {
    const { id } = await checkout();
    await paydesk.stripe.checkout.sessions.expire(id);
    await handleEvents();
    expect(await payment(id)).toMatchObject({ status: 'FAILED', version: 2 });
    expect((await typesOf(id)).toSorted()).toEqual(['checkout.expired', 'payment.failed']);
  });

  it('a Checkout page that was made elsewhere is read once', async ({ paydesk, handleEvents, payment }) => {
    const { id } = await paydesk.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com/ok',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Book' } } },
      ],
    });
    await paydesk.stripe.checkout.sessions.expire(id);
    const before = paydesk.stripeCalls.length;
    await handleEvents();
    expect(paydesk.stripeCalls.slice(before)).toEqual([`GET /v1/checkout/sessions/${id}`]);
    expect(await payment(id)).toMatchObject({ status: 'FAILED', caller: null });
  });

  it('a Checkout page that only saves a card is no payment', async ({ paydesk, handleEvents, shop }) => {
    const customer = await paydesk.stripe.customers.create({});
    const { id } = await paydesk.stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'https://example.com/saved',
    });
    await paydesk.stripe.checkout.sessions.expire(id);
    await handleEvents();
    expect(await query(paydesk, 'select status from payments where session_id = $1', [id])).toEqual([]);
    for (const path of ['/pay/payments/', '/status?paymentID=', '/check?paymentID=']) {
      expect((await shop.get(`${path}${id}`)).status).toBe(404);
    }
    expect(await query(paydesk, "select id from webhook_events where state in ('stored', 'dead')")).toEqual(
      [],
    );
  });

  it('the first payment of a subscription', async ({ checkout, handleEvents, payment, typesOf, shop }) => {
    const { id, url } = await checkout('/pay/recurrent', { interval: 'month' });
    await payOnPage(url);
    await handleEvents();
    const paid = await payment(id);
    expect(paid).toMatchObject({
      type: 'subscription',
      status: 'ACCEPTED',
      subscriptionID: expect.stringMatching(/^sub_/),
      stripe: { session: id, invoice: expect.stringMatching(/^in_/) },
    });
    expect((await typesOf(id)).toSorted()).toEqual([
      'checkout.completed',
      'payment.succeeded',
      'subscription.active',
    ]);
    const { paymentIntent, charge, invoice } = paid.stripe;
    for (const known of [paymentIntent, charge, invoice, paid.subscriptionID]) {
      expect((await shop.get(`/pay/payments/${known}`)).body.paymentID).toBe(id);
    }
  });

  it('a charge is told once, and refunded in the dashboard', async ({
    paydesk,
    partner,
    handleEvents,
    payment,
    typesOf,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
    const id = headers.get('location')?.split('/').at(-1) ?? '';
    await handleEvents();
    expect(await typesOf(id)).toEqual(['payment.succeeded']);
    // 2.9 % and 30 cents: https://stripe.com/pricing
    expect(await payment(id)).toMatchObject({
      caller: 'partner:acme',
      userId: user,
      fee: '1.17',
      net: '28.83',
    });

    const refund = await paydesk.stripe.refunds.create({ payment_intent: id, amount: 1000 });
    await handleEvents();
    expect(await payment(id)).toMatchObject({
      status: 'ACCEPTED',
      amountRefunded: '10.00',
      refunds: [{ refundID: refund.id, amount: '10.00', status: 'SUCCEEDED' }],
    });
    expect(await typesOf(id)).toEqual(['payment.succeeded', 'refund.succeeded']);
  });

  it('a payment in the dashboard is told also if its refund is heard of first', async ({
    paydesk,
    clock,
    handleEvents,
    payment,
    typesOf,
  }) => {
    const { stripe, sandbox } = paydesk;
    onTestFinished(() => sandbox.webhooks.setBehaviour(AT_LEAST_ONCE));
    sandbox.webhooks.setBehaviour({ hold: true, dropShare: 1 });
    const { id } = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 500 });
    await sandbox.webhooks.flush();
    sandbox.webhooks.setBehaviour(AT_LEAST_ONCE);
    const body = eventOf('refund.created', { id: refund.id });
    const signature = signatureOf(body, SECRET, Math.floor(clock.now().getTime() / 1000));
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    await fetch(`${paydesk.url}/webhooks/stripe`, { method: 'POST', headers, body });
    await handleEvents();
    expect(await payment(id)).toMatchObject({ status: 'ACCEPTED', amountRefunded: '5.00' });
    await paydesk.walkEvents();
    await handleEvents();
    expect(await typesOf(id)).toEqual(['refund.succeeded', 'payment.succeeded']);
  });

  it.for([
    ['the operation', 201],
    ['its event', 503],
  ] as const)(
    'a refund is told once if %s is first',
    async ([first, status], { paydesk, partner, shop, handleEvents, payment, typesOf }) => {
      const user = someUser();
      const card = await saveCard(paydesk, partner, user);
      const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
      const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
      const id = headers.get('location')?.split('/').at(-1) ?? '';
      await handleEvents();
      const key = { 'idempotency-key': someUser() };
      const refund = () => shop.post('/refund', { paymentID: id, amount: '10.00' }, key);
      paydesk.sandbox.faults.add({
        method: 'POST',
        path: '/v1/refunds',
        kinds: ['reset_after_effect'],
        share: first === 'its event' ? 1 : 0,
      });
      expect((await refund()).status).toBe(status);
      paydesk.sandbox.faults.clear();
      await handleEvents();
      expect(await typesOf(id)).toEqual(['payment.succeeded', 'refund.succeeded']);
      expect((await refund()).status).toBe(201);
      await handleEvents();
      expect(await payment(id)).toMatchObject({
        amountRefunded: '10.00',
        refunds: [{ status: 'SUCCEEDED' }],
      });
      expect(await typesOf(id)).toEqual(['payment.succeeded', 'refund.succeeded']);
    },
  );

  it('a disputed payment that was made in the dashboard', async ({
    paydesk,
    handleEvents,
    payment,
    typesOf,
  }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: 'pm_card_createDispute',
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    await handleEvents();
    expect(await payment(id)).toMatchObject({
      paymentID: id,
      type: 'charge',
      status: 'ACCEPTED',
      tenant: null,
      userId: null,
      caller: null,
      operationId: null,
      amountDisputed: '20.00',
      disputes: [{ amount: '20.00', status: 'OPEN', reason: 'fraudulent', dueBy: expect.any(String) }],
    });
    expect((await typesOf(id)).toSorted()).toEqual(['dispute.opened', 'payment.succeeded']);
  });
});
