import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';

const SECRET = 'whsec_test';
const DAY_HOURS = 24;
const DECLINED_CARD = 'pm_card_chargeCustomerFail';
const AUTHENTICATED_NUMBER = '4000002760003184';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Has the sandbox send its events, half of them twice and in any order, and waits until they are handled. */
  .extend('handleEvents', ({ paydesk }) => async () => {
    paydesk.sandbox.run(() => undefined);
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  .extend('subscription', ({ shop, paydesk }) => async (id: string) => {
    const before = paydesk.stripeCalls.length;
    const { status, body } = await shop.get(`/pay/subscriptions/${id}`);
    expect(status).toBe(200);
    expect(paydesk.stripeCalls.slice(before)).toEqual([]);
    return body;
  })
  .extend(
    'payment',
    ({ shop }) =>
      async (id: string) =>
        (await shop.get(`/pay/payments/${id}`)).body,
  )
  /** The types of a subject's notifications, in their order. */
  .extend('typesOf', ({ paydesk }) => async (subject: string) => {
    const types = 'select type from notifications where subject = $1 order by sequence';
    return (await query<{ type: string }>(paydesk, types, [subject])).map(({ type }) => type);
  })
  .extend('offered', ({ shop }) => async (fields: object = {}) => {
    const order = { amount: '5.00', interval: 'month', ...fields, ...redirects };
    const { body } = await shop.post('/pay/recurrent', order);
    return { id: String(body.paymentID), url: String(body.redirectToUrl) };
  })
  /** Makes another card the default one of a subscription. */
  .extend('switchCard', ({ paydesk }) => async ({ id, customer }: Stripe.Subscription, card: string) => {
    const { stripe } = paydesk;
    const method = await stripe.paymentMethods.attach(card, { customer: idOf(customer) ?? '' });
    await stripe.subscriptions.update(id, { default_payment_method: method.id });
    return method.id;
  });

describe('the record of subscriptions', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    paydesk.sandbox.webhooks.setBehaviour({ duplicateShare: 0.5, shuffle: true });
  });

  it('has one that is offered, with its page as its only id', async ({ offered, subscription }) => {
    const userId = someUser();
    const { id } = await offered({ shopTransactionID: 'order-1', userId });
    expect(await subscription(id)).toEqual({
      subscriptionID: null,
      paymentID: id,
      shopTransactionID: 'order-1',
      tenant: 'issuer:paydesk',
      userId,
      status: 'PENDING',
      currentPeriodStart: null,
      currentPeriodEnd: null,
      cancelAt: null,
      cancelAtPeriodEnd: false,
      endedAt: null,
      items: [],
      latestInvoice: null,
      version: 1,
    });
  });

  it('has one that is paid', async ({ paydesk, offered, handleEvents, subscription, payment, typesOf }) => {
    const { id, url } = await offered({ shopTransactionID: 'order-2' });
    await payOnPage(url);
    await handleEvents();
    const paid = await subscription(id);
    const { stripe } = paydesk;
    const session = await stripe.checkout.sessions.retrieve(id);
    const atStripe = await stripe.subscriptions.retrieve(idOf(session.subscription) ?? '', {
      expand: ['latest_invoice'],
    });
    const [item] = atStripe.items.data;
    const invoice = atStripe.latest_invoice as Stripe.Invoice;
    expect(paid).toEqual({
      subscriptionID: atStripe.id,
      paymentID: id,
      shopTransactionID: 'order-2',
      tenant: null,
      userId: null,
      status: 'ACTIVE',
      currentPeriodStart: new Date(item!.current_period_start * 1000).toISOString(),
      currentPeriodEnd: new Date(item!.current_period_end * 1000).toISOString(),
      cancelAt: null,
      cancelAtPeriodEnd: false,
      endedAt: null,
      items: [
        {
          priceId: item!.price.id,
          productId: item!.price.product,
          unitAmount: '5.00',
          currency: 'usd',
          quantity: 1,
          interval: 'month',
          intervalCount: 1,
        },
      ],
      latestInvoice: {
        id: invoice.id,
        status: 'paid',
        total: '5.00',
        hostedUrl: invoice.hosted_invoice_url,
      },
      version: paid.version,
    });
    expect(paid.version).toBeGreaterThan(1);
    expect(await subscription(atStripe.id)).toEqual(paid);
    expect((await payment(atStripe.id)).paymentID).toBe(id);
    expect(await typesOf(atStripe.id)).toEqual(['checkout.completed', 'subscription.active']);
    const { timeline } = await payment(id);
    const told = timeline.filter(({ kind }: { kind: string }) => kind === 'notification');
    expect(told.map(({ type }: { type: string }) => type).toSorted()).toEqual([
      'checkout.completed',
      'payment.succeeded',
      'subscription.active',
    ]);
    const data = 'select data, caller, payment_id from notifications where subject = $1 and type = $2';
    expect(await query(paydesk, data, [atStripe.id, 'checkout.completed'])).toEqual([
      {
        data: { subscription: { ...paid, version: expect.any(Number) } },
        caller: 'service:shop',
        payment_id: id,
      },
    ]);
  });

  it('has one whose first payment had to be authenticated', async ({
    offered,
    handleEvents,
    subscription,
    typesOf,
  }) => {
    const { id, url } = await offered();
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ number: AUTHENTICATED_NUMBER }),
      redirect: 'manual',
    });
    await handleEvents();
    expect(await subscription(id)).toMatchObject({ status: 'PENDING', subscriptionID: null });
    const challenge = response.headers.get('location') ?? '';
    await fetch(challenge, {
      method: 'POST',
      body: new URLSearchParams({ result: 'complete' }),
      redirect: 'manual',
    });
    await handleEvents();
    const { subscriptionID, status } = await subscription(id);
    expect(status).toBe('ACTIVE');
    expect(await typesOf(subscriptionID)).toEqual(['checkout.completed', 'subscription.active']);
  });

  it('has one whose page expires', async ({ paydesk, offered, handleEvents, subscription, typesOf }) => {
    const { id } = await offered();
    await paydesk.stripe.checkout.sessions.expire(id);
    await handleEvents();
    expect(await subscription(id)).toMatchObject({ status: 'EXPIRED', subscriptionID: null, version: 2 });
    expect((await typesOf(id)).toSorted()).toEqual(['checkout.expired', 'payment.failed']);
  });

  it('has each renewal as a payment of its own', async ({
    paydesk,
    clock,
    offered,
    handleEvents,
    subscription,
    payment,
    typesOf,
    shop,
  }) => {
    const shopTransactionID = someUser();
    const { id, url } = await offered({ shopTransactionID });
    await payOnPage(url);
    await handleEvents();
    const { subscriptionID, currentPeriodEnd } = await subscription(id);
    clock.moveHours(32 * DAY_HOURS);
    await handleEvents();
    const renewed = await subscription(subscriptionID);
    expect(renewed).toMatchObject({ status: 'ACTIVE', paymentID: id, currentPeriodStart: currentPeriodEnd });
    const renewal = await payment(subscriptionID);
    expect(renewal).toMatchObject({
      paymentID: expect.stringMatching(/^pi_/),
      type: 'subscription',
      status: 'ACCEPTED',
      amount: '5.00',
      subscriptionID,
      shopTransactionID,
      caller: 'service:shop',
      stripe: { session: null, invoice: renewed.latestInvoice.id },
    });
    expect(await typesOf(renewal.paymentID)).toEqual(['payment.succeeded']);
    expect((await payment(id)).paymentID).toBe(id);
    const { body } = await shop.get(`/pay/payments?shopTransactionID=${shopTransactionID}`);
    expect(body.data.map(({ paymentID }: { paymentID: string }) => paymentID)).toEqual([
      renewal.paymentID,
      id,
    ]);
    expect(await typesOf(subscriptionID)).toEqual(['checkout.completed', 'subscription.active']);

    // An invoice that is sent to the customer has a payment that nobody has tried yet. The sandbox sends none.
    const untried = `update payments set stage = 'open', status = 'PENDING' where payment_id = $1`;
    await query(paydesk, untried, [renewal.paymentID]);
    expect((await payment(subscriptionID)).paymentID).toBe(id);
  });

  it('has one whose renewal fails and is paid later', async ({
    paydesk,
    clock,
    handleEvents,
    subscription,
    payment,
    typesOf,
    switchCard,
  }) => {
    const { stripe } = paydesk;
    const started = await startSubscription(stripe);
    const { id } = started;
    await switchCard(started, DECLINED_CARD);
    await handleEvents();
    clock.moveHours(31.5 * DAY_HOURS);
    await handleEvents();
    const overdue = await subscription(id);
    expect(overdue).toMatchObject({ status: 'PAST_DUE', latestInvoice: { status: 'open' } });
    expect(await payment(id)).toMatchObject({ status: 'FAILED', subscriptionID: id });
    expect(await typesOf(id)).toEqual([
      'subscription.active',
      'invoice.payment_failed',
      'subscription.past_due',
    ]);
    const data = `select data from notifications where subject = $1 and type = 'invoice.payment_failed'`;
    expect(await query(paydesk, data, [id])).toEqual([
      { data: { subscription: overdue, invoice: overdue.latestInvoice } },
    ]);

    const card = await switchCard(started, 'pm_card_visa');
    await stripe.invoices.pay(overdue.latestInvoice.id, { payment_method: card });
    await handleEvents();
    expect(await subscription(id)).toMatchObject({ status: 'ACTIVE', latestInvoice: { status: 'paid' } });
    expect(await payment(id)).toMatchObject({ status: 'ACCEPTED' });
    expect((await typesOf(id)).slice(3)).toEqual(['subscription.recovered']);
  });

  it('reports each failed attempt to pay an invoice once', async ({
    paydesk,
    clock,
    handleEvents,
    typesOf,
    switchCard,
  }) => {
    const { stripe } = paydesk;
    const started = await startSubscription(stripe);
    const card = await switchCard(started, DECLINED_CARD);
    clock.moveHours(31.5 * DAY_HOURS);
    await handleEvents();
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(started.id);
    const invoice = idOf(latest) ?? '';
    const failures = async () =>
      (await typesOf(started.id)).filter((type) => type === 'invoice.payment_failed').length;
    expect(await failures()).toBe(1);
    await expect(stripe.invoices.pay(invoice, { payment_method: card })).rejects.toThrow('declined');
    await handleEvents();
    expect(await failures()).toBe(2);
    await stripe.subscriptions.update(started.id, { metadata: { changed: 'true' } });
    await stripe.invoices.markUncollectible(invoice);
    await handleEvents();
    expect(await failures()).toBe(2);
  });

  it('reports that a renewal has to be authenticated', async ({
    paydesk,
    clock,
    handleEvents,
    subscription,
    payment,
    typesOf,
    switchCard,
  }) => {
    const started = await startSubscription(paydesk.stripe);
    await switchCard(started, 'pm_card_authenticationRequired');
    clock.moveHours(31.5 * DAY_HOURS);
    await handleEvents();
    expect(await subscription(started.id)).toMatchObject({ status: 'PAST_DUE' });
    const { paymentID, status } = await payment(started.id);
    expect(status).toBe('PENDING');
    expect(await typesOf(paymentID)).toEqual(['payment.action_required']);
    expect(await typesOf(started.id)).toContain('invoice.payment_failed');
  });

  it('has a trial, whose first payment is that of its first invoice with an amount', async ({
    paydesk,
    clock,
    handleEvents,
    subscription,
    typesOf,
  }) => {
    const { stripe } = paydesk;
    const customer = await stripe.customers.create({});
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const product_data = { name: 'Magazine' };
    const recurring = { interval: 'month' } as const;
    const price = await stripe.prices.create({ currency: 'jpy', unit_amount: 500, recurring, product_data });
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      default_payment_method: card.id,
      items: [{ price: price.id, quantity: 2 }],
      trial_period_days: 7,
    });
    await handleEvents();
    expect(await subscription(id)).toMatchObject({
      status: 'ACTIVE',
      paymentID: null,
      items: [{ unitAmount: '500', currency: 'jpy', quantity: 2 }],
      latestInvoice: { status: 'paid', total: '0' },
    });
    clock.moveHours(8 * DAY_HOURS);
    await handleEvents();
    expect(await subscription(id)).toMatchObject({
      status: 'ACTIVE',
      paymentID: expect.stringMatching(/^pi_/),
      latestInvoice: { total: '1000' },
    });
    expect(await typesOf(id)).toEqual(['subscription.active']);
  });

  it('has one that is cancelled by /pay/recurrent/expire', async ({
    shop,
    offered,
    handleEvents,
    subscription,
    payment,
    typesOf,
  }) => {
    const { id, url } = await offered();
    await payOnPage(url);
    await handleEvents();
    await shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'endOfPeriod' });
    await handleEvents();
    const { currentPeriodEnd, ...planned } = await subscription(id);
    expect(planned).toMatchObject({ status: 'ACTIVE', cancelAtPeriodEnd: true, cancelAt: currentPeriodEnd });
    await shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'now' });
    await handleEvents();
    const { subscriptionID, ...ended } = await subscription(id);
    expect(ended).toMatchObject({ status: 'CANCELED', endedAt: expect.any(String) });
    expect((await payment(subscriptionID)).status).toBe('ACCEPTED');
    expect((await typesOf(subscriptionID)).at(-1)).toBe('subscription.canceled');
  });

  it('has one that was made in the dashboard, with the user of its customer', async ({
    paydesk,
    partner,
    handleEvents,
    subscription,
    payment,
    typesOf,
  }) => {
    const user = someUser();
    await partner.post(`/partners/user/${user}/setup_intent`);
    const owned = 'select stripe_customer_id as id from customers where user_id = $1';
    const [customer] = await query<{ id: string }>(paydesk, owned, [user]);
    const { id } = await startSubscription(paydesk.stripe, {}, customer!.id);
    await handleEvents();
    const seen = await subscription(id);
    expect(seen).toMatchObject({
      subscriptionID: id,
      paymentID: expect.stringMatching(/^pi_/),
      tenant: 'partner:acme',
      userId: user,
      status: 'ACTIVE',
    });
    expect(await payment(id)).toMatchObject({ paymentID: seen.paymentID, caller: null, userId: user });
    expect(await typesOf(id)).toEqual(['subscription.active']);
  });

  it('has one whose operation died before its outcome', async ({
    paydesk,
    offered,
    handleEvents,
    subscription,
    typesOf,
  }) => {
    const { id, url } = await offered();
    await query(paydesk, 'delete from payments where session_id = $1', [id]);
    await query(paydesk, 'delete from payment_subscriptions where session_id = $1', [id]);
    await payOnPage(url);
    await handleEvents();
    const { subscriptionID, ...recorded } = await subscription(id);
    expect(recorded).toMatchObject({ status: 'ACTIVE', paymentID: id });
    const rows = 'select caller from payment_subscriptions where subscription_id = $1';
    expect(await query(paydesk, rows, [subscriptionID])).toEqual([{ caller: 'service:shop' }]);
    expect(await typesOf(subscriptionID)).toEqual(['checkout.completed', 'subscription.active']);
  });
});
