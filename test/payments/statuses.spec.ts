import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';

const SECRET = 'whsec_test';
const DAY_HOURS = 24;
const MINUTE_SECONDS = 60;
/** https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration: fails after processing. */
const FAILING_IBAN = 'DE62370400440532013001';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Has the sandbox send its events, and waits until they are handled. */
  .extend('handleEvents', ({ paydesk }) => async () => {
    paydesk.sandbox.run(() => undefined);
    await paydesk.sandbox.webhooks.flush();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  /** Makes a payment of 20.00 USD in the dashboard. */
  .extend('pay', ({ paydesk }) => (card: string, params: Partial<Stripe.PaymentIntentCreateParams> = {}) => {
    return paydesk.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: card,
      confirm: true,
      return_url: 'https://example.com/paid',
      ...params,
    });
  })
  .extend('payByDebit', ({ paydesk: { stripe } }) => async () => {
    const price_data = { currency: 'eur', unit_amount: 900, product_data: { name: 'Mug' } };
    const { id, url } = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com/ok',
      line_items: [{ price_data, quantity: 1 }],
    });
    const form = new URLSearchParams({ iban: FAILING_IBAN, email: 'ada@example.com', name: 'Ada' });
    await fetch(String(url), { method: 'POST', body: form, redirect: 'manual' });
    return id;
  })
  /** Its refund waits until the customer has named a bank account. */
  .extend('payByTransfer', ({ paydesk: { stripe }, pay }) => async () => {
    const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
    await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 2000, currency: 'usd' });
    const { id: method } = await stripe.paymentMethods.create({ type: 'customer_balance' });
    return pay(method, { customer, allowed_payment_method_types: ['customer_balance'] });
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
  });

describe('the record follows', () => {
  it.beforeAll(({ paydesk }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
  });

  // https://docs.stripe.com/payments/paymentintents/lifecycle
  it('a payment through each status of a PaymentIntent', async ({
    paydesk,
    clock,
    handleEvents,
    pay,
    payByDebit,
    payment,
    typesOf,
  }) => {
    const { stripe } = paydesk;
    const unconfirmed = { amount: 2000, currency: 'usd', payment_method: 'pm_card_visa' };
    const declined = await pay('pm_card_chargeDeclined').catch((error: unknown) => error);
    const ids = {
      requires_confirmation: (await stripe.paymentIntents.create(unconfirmed)).id,
      requires_action: (await pay('pm_card_authenticationRequired')).id,
      requires_capture: (await pay('pm_card_visa', { capture_method: 'manual' })).id,
      requires_payment_method: (declined as { payment_intent: Stripe.PaymentIntent }).payment_intent.id,
      processing: await payByDebit(),
      canceled: (await pay('pm_card_authenticationRequired')).id,
      succeeded: (await pay('pm_card_visa')).id,
    };
    await stripe.paymentIntents.cancel(ids.canceled);
    await handleEvents();
    const seen = async () => {
      const entries = Object.entries(ids).map(async ([status, id]) => [
        status,
        [(await payment(id)).status, ...(await typesOf(id))],
      ]);
      return Object.fromEntries(await Promise.all(entries));
    };
    expect(await seen()).toEqual({
      requires_confirmation: ['PENDING'],
      requires_action: ['PENDING', 'payment.action_required'],
      requires_capture: ['PENDING'],
      requires_payment_method: ['FAILED', 'payment.failed'],
      processing: ['PENDING', 'checkout.completed', 'payment.processing'],
      canceled: ['FAILED', 'payment.canceled', 'payment.failed'],
      succeeded: ['ACCEPTED', 'payment.succeeded'],
    });
    expect(await payment(ids.requires_confirmation)).toMatchObject({ fee: null, net: null, card: null });

    await stripe.paymentIntents.capture(ids.requires_capture);
    clock.moveSeconds(MINUTE_SECONDS);
    await handleEvents();
    expect(await seen()).toMatchObject({
      requires_capture: ['ACCEPTED', 'payment.succeeded'],
      processing: ['FAILED', 'checkout.completed', 'payment.processing', 'payment.failed'],
    });
  });

  // https://docs.stripe.com/api/refunds/object#refund_object-status
  it('a refund through each status', async ({
    paydesk,
    clock,
    handleEvents,
    pay,
    payByTransfer,
    payment,
    typesOf,
  }) => {
    const refunded = async ({ id }: { id: string }) => {
      await handleEvents();
      const refund = await paydesk.stripe.refunds.create({ payment_intent: id, amount: 500 });
      return { id, refundID: refund.id };
    };
    const waiting = await refunded(await pay('pm_card_pendingRefund'));
    const asking = await refunded(await payByTransfer());
    const canceled = await refunded(await payByTransfer());
    const failing = await refunded(await pay('pm_card_refundFail'));
    await paydesk.stripe.refunds.cancel(canceled.refundID);
    await handleEvents();
    const seen = async ({ id, refundID }: typeof waiting) => {
      const { refunds, amountRefunded } = await payment(id);
      expect(refunds).toMatchObject([{ refundID, amount: '5.00' }]);
      return [refunds[0].status, amountRefunded, ...(await typesOf(id)).slice(1)];
    };
    expect(await seen(waiting)).toEqual(['PENDING', '5.00']);
    expect(await seen(asking)).toEqual(['PENDING', '5.00']);
    expect(await seen(canceled)).toEqual(['CANCELED', '0.00', 'refund.failed']);
    expect(await seen(failing)).toEqual(['SUCCEEDED', '5.00', 'refund.succeeded']);

    clock.moveSeconds(MINUTE_SECONDS);
    await handleEvents();
    expect(await seen(waiting)).toEqual(['SUCCEEDED', '5.00', 'refund.succeeded']);
    expect(await seen(asking)).toEqual(['SUCCEEDED', '5.00', 'refund.succeeded']);
    expect(await seen(failing)).toEqual(['FAILED', '0.00', 'refund.succeeded', 'refund.failed']);
    const { timeline } = await payment(failing.id);
    expect(timeline.filter(({ objectId }: { objectId?: string }) => objectId === failing.refundID)).toEqual([
      { at: expect.any(String), kind: 'change', objectId: failing.refundID, from: null, to: 'SUCCEEDED' },
      {
        at: clock.now().toISOString(),
        kind: 'change',
        objectId: failing.refundID,
        from: 'SUCCEEDED',
        to: 'FAILED',
      },
    ]);
  });

  // https://docs.stripe.com/api/disputes/object#dispute_object-status
  it('a dispute to its end', async ({ paydesk, clock, handleEvents, pay, payment, typesOf }) => {
    const { stripe } = paydesk;
    const disputed = async (card: string, text?: string) => {
      const { id } = await pay(card);
      const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data;
      if (text !== undefined) {
        await stripe.disputes.update(String(dispute?.id), { evidence: { uncategorized_text: text } });
      }
      return id;
    };
    const ids = {
      open: await disputed('pm_card_createDispute'),
      won: await disputed('pm_card_createDispute', 'winning_evidence'),
      lost: await disputed('pm_card_createDispute', 'losing_evidence'),
      inquiry: await disputed('pm_card_createDisputeInquiry', 'winning_evidence'),
    };
    await handleEvents();
    const seen = async (id: string) => {
      const { disputes, amountDisputed } = await payment(id);
      return [disputes[0].status, amountDisputed, ...(await typesOf(id)).toSorted()];
    };
    const opened = ['OPEN', '20.00', 'dispute.opened', 'payment.succeeded'];
    for (const id of Object.values(ids)) expect(await seen(id)).toEqual(opened);

    clock.moveSeconds(MINUTE_SECONDS);
    await handleEvents();
    const told = ['dispute.closed', 'dispute.opened', 'payment.succeeded'];
    expect(await seen(ids.open)).toEqual(opened);
    expect(await seen(ids.won)).toEqual(['WON', '0.00', ...told]);
    expect(await seen(ids.lost)).toEqual(['LOST', '20.00', ...told]);
    expect(await seen(ids.inquiry)).toEqual(['WON', '0.00', ...told]);
  });

  // https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
  it('a subscription through each status', async ({ paydesk, clock, shop, handleEvents, typesOf }) => {
    const { stripe } = paydesk;
    paydesk.sandbox.store.settings.afterRetries = 'mark_unpaid';
    const active = await startSubscription(stripe);
    const items = [{ price: active.items.data[0]?.price.id ?? '' }];
    const subscribe = async (params: Partial<Stripe.SubscriptionCreateParams>) => {
      const customer = (await stripe.customers.create({})).id;
      return (await stripe.subscriptions.create({ customer, items, ...params })).id;
    };
    const overdue = await startSubscription(stripe);
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: idOf(overdue.customer) ?? '',
    });
    await stripe.subscriptions.update(overdue.id, { default_payment_method: bad.id });
    const ids = {
      active: active.id,
      incomplete: await subscribe({ payment_behavior: 'default_incomplete' }),
      trialing: await subscribe({
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      }),
      overdue: overdue.id,
      canceled: (await startSubscription(stripe)).id,
    };
    await stripe.subscriptions.cancel(ids.canceled);
    const seen = async () => {
      await handleEvents();
      const entries = Object.entries(ids).map(async ([name, id]) => {
        const { body } = await shop.get(`/pay/subscriptions/${id}`);
        return [name, `${(await stripe.subscriptions.retrieve(id)).status} ${body.status}`];
      });
      return Object.fromEntries(await Promise.all(entries));
    };
    expect(await seen()).toEqual({
      active: 'active ACTIVE',
      incomplete: 'incomplete PENDING',
      trialing: 'trialing ACTIVE',
      overdue: 'active ACTIVE',
      canceled: 'canceled CANCELED',
    });
    clock.moveHours(8 * DAY_HOURS);
    expect(await seen()).toMatchObject({
      incomplete: 'incomplete_expired EXPIRED',
      trialing: 'paused PAST_DUE',
    });
    clock.moveHours(24 * DAY_HOURS);
    expect(await seen()).toMatchObject({ active: 'active ACTIVE', overdue: 'past_due PAST_DUE' });
    clock.moveHours(18 * DAY_HOURS);
    expect(await seen()).toMatchObject({ overdue: 'unpaid PAST_DUE' });
    expect(await typesOf(ids.incomplete)).toEqual([]);
    expect(await typesOf(ids.trialing)).toEqual(['subscription.active', 'subscription.past_due']);
    expect(new Set(await typesOf(ids.overdue))).toEqual(
      new Set(['subscription.active', 'invoice.payment_failed', 'subscription.past_due']),
    );
    expect((await typesOf(ids.canceled)).at(-1)).toBe('subscription.canceled');
  });
});
