import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { backfillAccount } from '../support/backfill.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';

const DAY_HOURS = 24;

/** No webhook endpoint is registered: events arrive when a test walks them. */
const it = paydeskTest()
  .extend('eventsArrive', ({ paydesk }) => async () => {
    await paydesk.walkEvents();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
  })
  .extend(
    'backfill',
    ({ paydesk, clock }) =>
      () =>
        backfillAccount(paydesk, clock),
  )
  .extend(
    'check',
    ({ shop }) =>
      (id: string) =>
        shop.get(`/check?paymentID=${id}`),
  )
  .extend(
    'ask',
    ({ shop }) =>
      (id: string) =>
        shop.get(`/status?paymentID=${id}`),
  )
  .extend('notified', ({ paydesk }) => async (subject: string) => {
    const types = 'select type from notifications where subject = $1 order by sequence';
    return (await query<{ type: string }>(paydesk, types, [subject])).map(({ type }) => type);
  })
  .extend('pay', ({ paydesk: { stripe } }) => async (paymentMethod = 'pm_card_visa') => {
    const { id } = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: paymentMethod,
      confirm: true,
      return_url: 'https://example.com/paid',
    });
    return id;
  });

describe('what a backfill reads before its event arrives is told once by the event:', () => {
  it('a payment and its refund', async ({ paydesk, eventsArrive, backfill, notified, pay }) => {
    const known = await pay();
    await eventsArrive();
    const unknown = await pay();
    for (const id of [known, unknown]) {
      await paydesk.stripe.refunds.create({ payment_intent: id, amount: 500 });
    }
    await backfill();
    expect(await notified(known)).toEqual(['payment.succeeded']);
    expect(await notified(unknown)).toEqual([]);
    await eventsArrive();
    expect(await notified(known)).toEqual(['payment.succeeded', 'refund.succeeded']);
    expect((await notified(unknown)).toSorted()).toEqual(['payment.succeeded', 'refund.succeeded']);
    await backfill();
    await eventsArrive();
    expect(await notified(known)).toHaveLength(2);
  });

  it('a dispute', async ({ eventsArrive, backfill, notified, pay }) => {
    const id = await pay('pm_card_createDispute');
    await backfill();
    await eventsArrive();
    expect((await notified(id)).toSorted()).toEqual(['dispute.opened', 'payment.succeeded']);
  });

  it('a Checkout page', async ({ shop, eventsArrive, backfill, notified }) => {
    const { body } = await shop.post('/pay', { amount: '5.00', ...redirects });
    await eventsArrive();
    await payOnPage(body.redirectToUrl);
    await backfill();
    expect(await notified(body.paymentID)).toEqual([]);
    await eventsArrive();
    expect(await notified(body.paymentID)).toEqual(['checkout.completed', 'payment.succeeded']);
  });

  it('a subscription that is cancelled', async ({ paydesk, eventsArrive, backfill, notified }) => {
    const { id } = await startSubscription(paydesk.stripe);
    await eventsArrive();
    await paydesk.stripe.subscriptions.cancel(id);
    await backfill();
    expect(await notified(id)).toEqual(['subscription.active']);
    await eventsArrive();
    expect(await notified(id)).toEqual(['subscription.active', 'subscription.canceled']);
  });

  it('a subscription and the failed payment of its renewal', async ({
    paydesk,
    clock,
    eventsArrive,
    backfill,
    notified,
  }) => {
    const { stripe } = paydesk;
    const { id, customer } = await startSubscription(stripe);
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: idOf(customer) ?? '',
    });
    await stripe.subscriptions.update(id, { default_payment_method: method.id });
    await eventsArrive();
    clock.moveHours(31.5 * DAY_HOURS);
    await backfill();
    expect(await notified(id)).toEqual(['subscription.active']);
    await eventsArrive();
    expect((await notified(id)).toSorted()).toEqual([
      'invoice.payment_failed',
      'subscription.active',
      'subscription.past_due',
    ]);
  });
});

describe('what happened long before a backfill read it is never told:', () => {
  it('a refund, when another one follows', async ({
    paydesk,
    clock,
    eventsArrive,
    backfill,
    notified,
    pay,
  }) => {
    const { stripe } = paydesk;
    const id = await pay('pm_card_createDispute');
    const other = await pay();
    await stripe.refunds.create({ payment_intent: other, amount: 500 });
    const subscription = await startSubscription(stripe);
    // The events of these are lost.
    await paydesk.walkEvents();
    await expect.poll(() => query(paydesk, 'select id from event_targets')).toEqual([]);
    await query(paydesk, 'truncate notifications, payment_refunds, payment_disputes, payments cascade');
    await query(paydesk, 'truncate payment_subscriptions');
    clock.moveHours(DAY_HOURS);
    await backfill();
    clock.moveHours(DAY_HOURS);
    await stripe.paymentIntents.update(id, { description: 'Seen again' });
    await stripe.refunds.create({ payment_intent: other, amount: 700 });
    await stripe.subscriptions.update(subscription.id, { description: 'Seen again' });
    await eventsArrive();
    expect(await notified(id)).toEqual([]);
    expect(await notified(other)).toEqual(['refund.succeeded']);
    expect(await notified(subscription.id)).toEqual([]);
  });
});

describe('what /status and /check learn is told once:', () => {
  it('a payment that is known', async ({ shop, ask, eventsArrive, notified }) => {
    const { body } = await shop.post('/pay', { amount: '5.00', ...redirects });
    await payOnPage(body.redirectToUrl);
    expect((await ask(body.paymentID)).body.status).toBe('ACCEPTED');
    const told = ['checkout.completed', 'payment.succeeded'];
    expect(await notified(body.paymentID)).toEqual(told);
    await eventsArrive();
    expect(await notified(body.paymentID)).toEqual(told);
  });

  it('a payment that is not known, and its refund', async ({ paydesk, ask, eventsArrive, notified, pay }) => {
    const id = await pay();
    await paydesk.stripe.refunds.create({ payment_intent: id, amount: 500 });
    expect((await ask(id)).body).toMatchObject({ status: 'ACCEPTED', amountRefunded: '5.00' });
    expect(await notified(id)).toEqual([]);
    await eventsArrive();
    expect((await notified(id)).toSorted()).toEqual(['payment.succeeded', 'refund.succeeded']);
  });

  it('a refund that /check finds', async ({ paydesk, check, eventsArrive, notified, pay }) => {
    const id = await pay();
    await eventsArrive();
    await paydesk.stripe.refunds.create({ payment_intent: id, amount: 500 });
    await check(id);
    const told = ['payment.succeeded', 'refund.succeeded'];
    expect(await notified(id)).toEqual(told);
    await eventsArrive();
    expect(await notified(id)).toEqual(told);
  });

  it('a subscription that is not known', async ({ paydesk, ask, eventsArrive, notified }) => {
    const { id } = await startSubscription(paydesk.stripe);
    expect((await ask(id)).body).toMatchObject({ subscriptionStatus: 'ACTIVE' });
    expect(await notified(id)).toEqual([]);
    await eventsArrive();
    expect(await notified(id)).toEqual(['subscription.active']);
  });
});
