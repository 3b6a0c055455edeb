import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';
import { eventOf, signatureOf, someEventId } from '../webhooks/stripe-event.js';

const SECRET = 'whsec_test';
const STALE = 1_790_000_000;

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Delivers an event, and waits until it is handled. Its payload is out of date, apart from its ids. */
  .extend('deliver', ({ paydesk, clock }) => async (type: string, object: object) => {
    const id = someEventId();
    const payload = eventOf(type, object, id);
    const signature = signatureOf(payload, SECRET, Math.floor(clock.now().getTime() / 1000));
    const response = await fetch(`${paydesk.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body: payload,
    });
    await response.text();
    expect(response.status).toBe(200);
    const state = async () =>
      (await query<{ state: string }>(paydesk, 'select state from webhook_events where id = $1', [id]))[0]
        ?.state;
    await expect.poll(state, { timeout: 10_000 }).not.toBe('stored');
    return state();
  })
  /** Changes a subscription at Stripe without an event. */
  .extend('change', ({ paydesk }) => (id: string, changes: Partial<Stripe.Subscription>) => {
    paydesk.sandbox.run((ctx) => ctx.store.subscriptions.update(id, changes));
  })
  .extend(
    'intent',
    ({ paydesk }) =>
      () =>
        paydesk.stripe.paymentIntents.create({
          amount: 2000,
          currency: 'usd',
          payment_method: 'pm_card_visa',
          confirm: true,
          return_url: 'https://example.com/paid',
        }),
  );

/** https://docs.stripe.com/api/subscriptions/object */
function subscriptionPayload({ id, customer }: Stripe.Subscription): object {
  return {
    id,
    object: 'subscription',
    cancel_at: null,
    cancel_at_period_end: false,
    customer,
    items: { object: 'list', data: [], has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: 'in_stale',
    metadata: {},
    pending_update: {
      billing_cycle_anchor: null,
      expires_at: STALE,
      subscription_items: [],
      trial_end: null,
    },
    status: 'incomplete',
  };
}

/** What the sandbox cannot bring about yet. */
describe('a recorded event', () => {
  it('pauses and resumes a subscription', async ({ paydesk, shop, deliver, change }) => {
    const started = await startSubscription(paydesk.stripe);
    const { id } = started;
    const payload = subscriptionPayload(started);
    const status = async () => (await shop.get(`/pay/subscriptions/${id}`)).body.status;
    change(id, { status: 'paused' });
    expect(await deliver('customer.subscription.paused', payload)).toBe('done');
    expect(await status()).toBe('PAST_DUE');
    change(id, { status: 'active' });
    expect(await deliver('customer.subscription.resumed', payload)).toBe('done');
    expect(await status()).toBe('ACTIVE');
    const types = 'select type from notifications where subject = $1 order by sequence';
    expect(await query(paydesk, types, [id])).toEqual([
      { type: 'subscription.past_due' },
      { type: 'subscription.recovered' },
    ]);
  });

  it.for(['customer.subscription.pending_update_applied', 'customer.subscription.pending_update_expired'])(
    'of %s brings a subscription up to date',
    async (type, { paydesk, shop, deliver, change }) => {
      const started = await startSubscription(paydesk.stripe);
      const { id } = started;
      change(id, { cancel_at_period_end: true });
      expect(await deliver(type, subscriptionPayload(started))).toBe('done');
      expect((await shop.get(`/pay/subscriptions/${id}`)).body).toMatchObject({
        status: 'ACTIVE',
        cancelAtPeriodEnd: true,
      });
    },
  );

  it.for(['charge.pending', 'payment_intent.partially_funded'])(
    'of %s records a payment',
    async (type, { shop, deliver, intent }) => {
      const { id, latest_charge: charge } = await intent();
      const object = type.startsWith('charge.')
        ? { id: charge, object: 'charge', payment_intent: id, status: 'pending' }
        : { id, object: 'payment_intent', status: 'requires_action' };
      expect(await deliver(type, object)).toBe('done');
      expect((await shop.get(`/pay/payments/${id}`)).body).toMatchObject({
        status: 'ACCEPTED',
        amount: '20.00',
      });
    },
  );

  it('completes the payment of a Checkout page by debit', async ({ shop, deliver }) => {
    const { body } = await shop.post('/pay', { amount: '5.00', ...redirects });
    await payOnPage(body.redirectToUrl);
    const object = {
      id: body.paymentID,
      object: 'checkout.session',
      payment_status: 'unpaid',
      status: 'open',
    };
    expect(await deliver('checkout.session.async_payment_succeeded', object)).toBe('done');
    expect((await shop.get(`/pay/payments/${body.paymentID}`)).body.status).toBe('ACCEPTED');
  });

  it('of a card that its bank has replaced is handled', async ({ paydesk, deliver }) => {
    const customer = await paydesk.stripe.customers.create({});
    const { id } = await paydesk.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const object = { id, object: 'payment_method', customer: customer.id, type: 'card' };
    expect(await deliver('payment_method.automatically_updated', object)).toBe('done');
  });

  it('of an invoice names its subscription; without one it is ignored', async ({
    paydesk,
    shop,
    deliver,
  }) => {
    const { id, latest_invoice: invoice } = await startSubscription(paydesk.stripe);
    const object = { id: invoice, object: 'invoice', status: 'open', billing_reason: 'subscription_cycle' };
    // https://docs.stripe.com/api/invoices/object#invoice_object-parent
    const parent = {
      quote_details: null,
      subscription_details: { metadata: {}, subscription: id },
      type: 'subscription_details',
    };
    expect(await deliver('invoice.paid', { ...object, parent })).toBe('done');
    expect((await shop.get(`/pay/subscriptions/${id}`)).body.latestInvoice).toMatchObject({ status: 'paid' });
    expect(await deliver('invoice.paid', { ...object, parent: null })).toBe('ignored');
  });
});
