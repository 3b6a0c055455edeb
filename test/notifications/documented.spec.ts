import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { NOTIFICATION_TYPES, TEST_TYPE } from '../../src/notifications/notification-types.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { notificationExample, notificationFaults } from '../support/notification-schema.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';

const SECRET = 'whsec_test';
const DAY_HOURS = 24;
const MINUTE_SECONDS = 60;

const receiver: Receiver = await startReceiver();

/** The `data` of a notification. */
interface Told {
  payment?: { paymentID: string; fee: string | null; net: string | null; version: number };
  refund?: object;
  dispute?: object;
  subscription?: { subscriptionID: string | null; paymentID: string | null; version: number };
  invoice?: object;
}

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Expects the latest notification of a subject to have what is shown of it at that time. */
  .extend('expectCurrent', ({ shop }) => async ({ type, data }: { type: string; data: Told }) => {
    const { payment, subscription, refund, dispute, invoice } = data;
    if (payment) {
      const { timeline: _timeline, ...shown } = (await shop.get(`/pay/payments/${payment.paymentID}`)).body;
      // Stripe's fee may become known later.
      const { version, fee, net, ...told } = payment;
      const { version: shownVersion, ...current } = shown;
      expect(current).toEqual({ ...told, fee: fee ?? shown.fee, net: net ?? shown.net });
      expect(version).toBeLessThanOrEqual(shownVersion);
      if (refund) expect(shown.refunds).toContainEqual(refund);
      if (dispute) expect(shown.disputes).toContainEqual(dispute);
      expect([refund !== undefined, dispute !== undefined]).toEqual([
        type.startsWith('refund.'),
        type.startsWith('dispute.'),
      ]);
    }
    if (subscription) {
      const id = subscription.subscriptionID ?? subscription.paymentID;
      const shown = (await shop.get(`/pay/subscriptions/${id}`)).body;
      // Its first payment may become known later.
      const { version, ...told } = subscription;
      expect(shown).toMatchObject({ ...told, paymentID: told.paymentID ?? shown.paymentID });
      expect(version).toBeLessThanOrEqual(shown.version);
      if (invoice) expect(shown.latestInvoice).toEqual(invoice);
      expect(invoice !== undefined).toBe(type.startsWith('invoice.'));
    }
  })
  /** Waits until these types have arrived for a subject, and checks each against the document. */
  .extend(
    'expectTypes',
    ({ paydesk, expectCurrent }) =>
      async (subject: string, types: readonly string[]) => {
        paydesk.sandbox.run(() => undefined);
        await paydesk.sandbox.webhooks.flush();
        const bodies = () =>
          receiver.received.map(({ body }) => body).filter((body) => body.subject === subject);
        await expect.poll(() => bodies().map(({ type }) => type)).toEqual(expect.arrayContaining([...types]));
        expect(bodies().flatMap((body) => notificationFaults(body.type, body))).toEqual([]);
        // What has arrived is delivered again if the clock moves before that is recorded.
        await expect.poll(() => query(paydesk, 'select id from notification_queues')).toEqual([]);
        // It has arrived once, and in order.
        expect(bodies().map(({ sequence }) => sequence)).toEqual(bodies().map((_, index) => index + 1));
        await expectCurrent(bodies().at(-1));
      },
  )
  .extend('checkout', ({ shop }) => async (path: string, fields: object = {}) => {
    const { body } = await shop.post(path, { amount: '5.00', ...fields, ...redirects });
    return { id: String(body.paymentID), url: String(body.redirectToUrl) };
  })
  .extend('charge', ({ paydesk, partner }) => async (testCard: string) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user, testCard);
    const body = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, body);
    return { user, card, id: headers.get('location')?.split('/').at(-1) ?? '' };
  });

describe('the document', () => {
  it.for([...NOTIFICATION_TYPES, TEST_TYPE])('has %s, with an example that fits', (type) => {
    const example = notificationExample(type);
    expect(example).toMatchObject({ type, subject: expect.any(String), sequence: 1 });
    expect(notificationFaults(type, example)).toEqual([]);
    expect(notificationFaults(type, { ...example, data: { unknown: {} } })).not.toEqual([]);
  });
});

/** `operation.needs_review` has a spec of its own, because its worker stands still. */
describe('what is delivered is as the document says:', () => {
  it.beforeAll(async ({ paydesk, shop }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    await shop.post('/notification-endpoints', { url: receiver.url });
  });
  it.afterAll(() => receiver.close());

  it('a charge, its refund, and its card', async ({ paydesk, shop, charge, expectTypes }) => {
    const { user, card, id } = await charge('pm_card_visa');
    await shop.post('/refund', { paymentID: id, amount: '10.00' });
    await expectTypes(id, ['payment.succeeded', 'refund.succeeded']);
    await expectTypes(`partner:acme/${user}`, ['payment_method.attached']);
    await paydesk.stripe.paymentMethods.detach(card);
    await expectTypes(`partner:acme/${user}`, ['payment_method.attached', 'payment_method.detached']);
  });

  it('a refund that fails later', async ({ clock, shop, charge, expectTypes }) => {
    const { id } = await charge('pm_card_refundFail');
    await shop.post('/refund', { paymentID: id, amount: '10.00' });
    clock.moveSeconds(MINUTE_SECONDS);
    await expectTypes(id, ['payment.succeeded', 'refund.succeeded', 'refund.failed']);
  });

  it('Checkout pages that are paid and that expire', async ({ paydesk, checkout, expectTypes }) => {
    const paid = await checkout('/pay');
    await payOnPage(paid.url);
    await expectTypes(paid.id, ['payment.succeeded', 'checkout.completed']);
    for (const path of ['/pay', '/pay/recurrent']) {
      const { id } = await checkout(path, path === '/pay' ? {} : { interval: 'month' });
      await paydesk.stripe.checkout.sessions.expire(id);
      await expectTypes(id, ['payment.failed', 'checkout.expired']);
    }
  });

  it('a debit', async ({ paydesk, expectTypes }) => {
    const { id, url } = await paydesk.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com/ok',
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
      ],
    });
    // A test IBAN whose payments fail: https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-your-integration
    const form = { iban: 'DE62370400440532013001', email: 'ada@example.com', name: 'Ada' };
    await fetch(String(url), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    await expectTypes(id, ['payment.processing', 'checkout.completed']);
  });

  it('a payment that has to be authenticated, and is canceled', async ({ paydesk, expectTypes }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({
      ...paymentBy('pm_card_authenticationRequired'),
      off_session: false,
    });
    await expectTypes(id, ['payment.action_required']);
    await paydesk.stripe.paymentIntents.cancel(id);
    await expectTypes(id, ['payment.action_required', 'payment.canceled', 'payment.failed']);
  });

  it('a dispute', async ({ paydesk, clock, expectTypes }) => {
    const { id } = await paydesk.stripe.paymentIntents.create(paymentBy('pm_card_createDispute'));
    await expectTypes(id, ['payment.succeeded', 'dispute.opened']);
    const [dispute] = (await paydesk.stripe.disputes.list({ payment_intent: id })).data;
    const evidence = { uncategorized_text: 'losing_evidence' };
    await paydesk.stripe.disputes.update(String(dispute?.id), { evidence });
    clock.moveSeconds(MINUTE_SECONDS);
    await expectTypes(id, ['payment.succeeded', 'dispute.opened', 'dispute.closed']);
  });

  it('a subscription', async ({ paydesk, clock, checkout, expectTypes, shop }) => {
    const { id: session, url } = await checkout('/pay/recurrent', { interval: 'month' });
    await payOnPage(url);
    await paydesk.sandbox.webhooks.flush();
    const subscriptionOf = async () => (await shop.get(`/pay/subscriptions/${session}`)).body.subscriptionID;
    await expect.poll(subscriptionOf).toMatch(/^sub_/);
    await expectTypes(await subscriptionOf(), ['checkout.completed', 'subscription.active']);

    const { id, customer } = await startSubscription(paydesk.stripe);
    const customerId = idOf(customer) ?? '';
    await expectTypes(id, ['subscription.active']);
    const declined = await useCard(paydesk, id, customerId, 'pm_card_chargeCustomerFail');
    clock.moveHours(31.5 * DAY_HOURS);
    const failed = ['subscription.active', 'invoice.payment_failed', 'subscription.past_due'];
    await expectTypes(id, failed);
    const { latest_invoice: invoice } = await paydesk.stripe.subscriptions.retrieve(id);
    const card = await useCard(paydesk, id, customerId, 'pm_card_visa');
    expect(card).not.toBe(declined);
    await paydesk.stripe.invoices.pay(idOf(invoice) ?? '', { payment_method: card });
    await expectTypes(id, [...failed, 'subscription.recovered']);
    await paydesk.stripe.subscriptions.cancel(id);
    await expectTypes(id, [...failed, 'subscription.recovered', 'subscription.canceled']);
  });

  it('a test', async ({ shop, expectTypes }) => {
    const { id } = (
      await shop.post('/notification-endpoints', { url: receiver.url, types: ['payment.failed'] })
    ).body;
    await shop.post(`/notification-endpoints/${id}/test`);
    await expectTypes(id, [TEST_TYPE]);
  });
});

/** A payment of 20.00 USD that is made in the dashboard. */
function paymentBy(card: string): Stripe.PaymentIntentCreateParams {
  return {
    amount: 2000,
    currency: 'usd',
    payment_method: card,
    confirm: true,
    return_url: 'https://example.com/paid',
  };
}

async function useCard({ stripe }: Paydesk, subscription: string, customer: string, card: string) {
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  await stripe.subscriptions.update(subscription, { default_payment_method: id });
  return id;
}
