import { Webhook } from 'standardwebhooks';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { settingsFrom } from '../../src/config/settings.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSecondInstance } from '../support/second-instance.js';

const WEBHOOK_SECRET = 'whsec_test';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const DAY_HOURS = 24;
const MINUTE_SECONDS = 60;
const ADMIN_PATH = '/admin/payment-callback';
const ENDPOINT = "select enabled, url, secret from notification_endpoints where caller = 'paydesk'";

const receiver: Receiver = await startReceiver();

const it = paydeskTest({
  environment: {
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    PAYMENT_CALLBACK_URL: receiver.url,
    PAYMENT_CALLBACK_SECRET: SECRET,
  },
})
  .extend('checkout', ({ shop }) => async (path: string, fields: object) => {
    const { body } = await shop.post(path, { amount: '5.00', ...fields, ...redirects });
    return { id: String(body.paymentID), url: String(body.redirectToUrl) };
  })
  /** The callbacks about a payment, of which there will be so many. */
  .extend('callbacks', ({ paydesk }) => async (id: string, count: number) => {
    paydesk.sandbox.run(() => undefined);
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
    const ofIt = () => receiver.received.filter(({ body }) => body.paymentID === id);
    await expect.poll(() => ofIt().length).toBe(count);
    // What has arrived is delivered again if the clock moves before that is recorded.
    await expect.poll(() => query(paydesk, 'select id from notification_queues')).toEqual([]);
    return ofIt();
  });

describe('PAYMENT_CALLBACK_URL', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: WEBHOOK_SECRET }));
  });
  it.afterAll(() => receiver.close());

  it('gets a payment that has succeeded, in the form of the contract, signed', async ({
    checkout,
    callbacks,
    shop,
  }) => {
    const { id, url } = await checkout('/pay', { shopTransactionID: 'order-1' });
    await payOnPage(url);
    const [sent] = await callbacks(id, 1);
    expect(sent?.body).toEqual({
      providerName: 'stripe',
      paymentType: 'CREDITCARD',
      isSuccessful: true,
      resultDescription: 'The payment has succeeded.',
      paymentID: id,
      shopTransactionID: 'order-1',
    });
    const headers = sent?.headers as Record<string, string>;
    expect(new Webhook(SECRET).verify(String(sent?.text), headers)).toEqual(sent?.body);
    const { data } = (await shop.get(`/notifications?paymentID=${id}&type=payment.succeeded`)).body;
    expect(data.map((each: { id: string }) => each.id)).toEqual([headers['webhook-id']]);
  });

  it('gets one that has failed, without an id of the caller', async ({ paydesk, checkout, callbacks }) => {
    const { id } = await checkout('/pay', {});
    await paydesk.stripe.checkout.sessions.expire(id);
    const [failed] = await callbacks(id, 1);
    expect(failed?.body).toMatchObject({ isSuccessful: false, paymentID: id, shopTransactionID: null });
  });

  it('gets an outcome again at GET /check, under its old id', async ({ checkout, callbacks, shop }) => {
    const { id, url } = await checkout('/pay', {});
    const check = async () => (await shop.get(`/check?paymentID=${id}`)).body.status;
    expect(await check()).toBe('PENDING');
    await payOnPage(url);
    const [first] = await callbacks(id, 1);
    expect(await check()).toBe('ACCEPTED');
    const [, again, ...others] = await callbacks(id, 2);
    expect(again?.body).toEqual(first?.body);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(others).toEqual([]);
  });

  it("gets renewals, with the session's id", async ({ clock, checkout, callbacks }) => {
    const { id, url } = await checkout('/pay/recurrent', { interval: 'day', shopTransactionID: 'abo-1' });
    await payOnPage(url);
    await callbacks(id, 1);
    clock.moveHours(DAY_HOURS + 2);
    const [first, renewal] = await callbacks(id, 2);
    expect(renewal?.body).toMatchObject({ isSuccessful: true, paymentID: id });
    expect(renewal?.headers['webhook-id']).not.toBe(first?.headers['webhook-id']);
  });

  it("gets a renewal that fails, and is paid later, with the session's id", async ({
    paydesk,
    clock,
    checkout,
    callbacks,
    shop,
  }) => {
    const { stripe } = paydesk;
    const { id, url } = await checkout('/pay/recurrent', { interval: 'month' });
    await payOnPage(url);
    await callbacks(id, 1);
    const { subscriptionID } = (await shop.get(`/status?paymentID=${id}`)).body;
    const subscription = await stripe.subscriptions.retrieve(subscriptionID);
    const customer = idOf(subscription.customer) ?? '';
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe.subscriptions.update(subscriptionID, { default_payment_method: bad.id });
    clock.moveHours(31.5 * DAY_HOURS);
    const [, failed] = await callbacks(id, 2);
    expect(failed?.body).toMatchObject({ isSuccessful: false, paymentID: id });
    const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(subscriptionID);
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.invoices.pay(idOf(invoice) ?? '', { payment_method: good.id });
    const [, , paid] = await callbacks(id, 3);
    expect(paid?.body).toMatchObject({ isSuccessful: true, paymentID: id });
    await stripe.subscriptions.cancel(subscriptionID);
  });

  it('gets a debit that fails after the page is complete', async ({ paydesk, clock, callbacks }) => {
    const price_data = { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } };
    const { id, url } = await paydesk.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com/ok',
      line_items: [{ price_data, quantity: 1 }],
    });
    // A test IBAN whose payments fail: https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-your-integration
    const form = { iban: 'DE62370400440532013001', email: 'ada@example.com', name: 'Ada' };
    await fetch(String(url), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    await callbacks(id, 0);
    clock.moveSeconds(MINUTE_SECONDS);
    const [failed] = await callbacks(id, 1);
    expect(failed?.body).toMatchObject({ isSuccessful: false, paymentID: id, paymentType: 'SEPA_DEBIT' });
  });

  it('gets a charge, with the id of its PaymentIntent', async ({ paydesk, partner, callbacks }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
    const [sent] = await callbacks(headers.get('location')?.split('/').at(-1) ?? '', 1);
    expect(sent?.body).toMatchObject({ isSuccessful: true, shopTransactionID: null });
  });

  it('is switched on again by an operator, who has the rest sent', async ({
    paydesk,
    clock,
    checkout,
    callbacks,
    shop,
  }) => {
    clock.moveSeconds(1);
    const since = clock.now().toISOString();
    const { answer } = receiver;
    receiver.answer = (_request, response) => void response.writeHead(410).end();
    const gone = await checkout('/pay', {});
    await paydesk.stripe.checkout.sessions.expire(gone.id);
    const [first] = await callbacks(gone.id, 1);
    const shown = async () => (await shop.get(ADMIN_PATH)).body;
    await expect.poll(shown).toEqual({ enabled: false, disabledReason: 'gone' });
    receiver.answer = answer;
    const missed = await checkout('/pay', {});
    await paydesk.stripe.checkout.sessions.expire(missed.id);
    await paydesk.sandbox.webhooks.flush();
    const status = async () => (await shop.get(`/status?paymentID=${missed.id}`)).body.status;
    await expect.poll(status).toBe('FAILED');
    clock.moveSeconds(1);
    const range = { since, until: clock.now().toISOString() };
    expectProblem(await shop.post(`${ADMIN_PATH}/redeliver`, range), 'invalid-state');

    const enabled = await shop.post(`${ADMIN_PATH}/enable`);
    expect([enabled.status, enabled.body]).toEqual([200, { enabled: true, disabledReason: null }]);
    expect(await shown()).toEqual(enabled.body);
    const later = await checkout('/pay', {});
    await paydesk.stripe.checkout.sessions.expire(later.id);
    await callbacks(later.id, 1);
    await callbacks(missed.id, 0);
    const redelivery = await shop.post(`${ADMIN_PATH}/redeliver`, range);
    expect([redelivery.status, redelivery.body]).toEqual([202, { count: 2 }]);
    await callbacks(missed.id, 1);
    const [, again] = await callbacks(gone.id, 2);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const changes = "select caller, details from audit_log where action = 'endpoint.changed'";
    expect(await query(paydesk, changes)).toEqual([
      { caller: 'service:shop', details: { changed: ['enabled'], enabled: true } },
    ]);
  });

  it('follows the settings at each start, and is not signed without a secret', async ({
    paydesk,
    clock,
    checkout,
    callbacks,
  }) => {
    const restart = async (change: Record<string, string>) => {
      const { DATA_DIR, LOG_LEVEL } = paydesk.settings;
      const settings = settingsFrom({ DATA_DIR, LOG_LEVEL, EVENTS_WALK_SECONDS: '3600', ...change });
      await (await startSecondInstance({ ...paydesk, settings }, clock)).close();
      return (await query(paydesk, ENDPOINT))[0];
    };
    expect(await restart({})).toMatchObject({ enabled: false });
    expect(await restart({ PAYMENT_CALLBACK_URL: 'https://shop.example/' })).toEqual({
      enabled: true,
      url: 'https://shop.example/',
      secret: '',
    });
    await restart({ PAYMENT_CALLBACK_URL: receiver.url });
    const { id } = await checkout('/pay', {});
    await paydesk.stripe.checkout.sessions.expire(id);
    const [unsigned] = await callbacks(id, 1);
    expect(unsigned?.headers).toMatchObject({ 'webhook-id': expect.any(String) });
    expect(unsigned?.headers).not.toHaveProperty('webhook-signature');
    await expect(restart({ PAYMENT_CALLBACK_URL: 'http://10.0.0.1/' })).rejects.toThrow(
      'PAYMENT_CALLBACK_URL must be https',
    );
  });
});
