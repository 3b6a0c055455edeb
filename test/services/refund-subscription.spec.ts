import type Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';

const it = paydeskTest()
  .extend(
    'subscribe',
    ({ paydesk }) =>
      () =>
        startSubscription(paydesk.stripe),
  )
  /** Moves the time to the minute after a renewal. */
  .extend('renew', ({ clock }) => ({ items }: Stripe.Subscription) => {
    const nowSeconds = Math.floor(clock.now().getTime() / 1000);
    clock.moveSeconds(Number(items.data[0]?.current_period_end) - nowSeconds + 60);
  })
  .extend('latestInvoice', ({ paydesk: { stripe } }) => async (subscription: string) => {
    const { data } = await stripe.invoices.list({ subscription, limit: 1 });
    return data[0];
  })
  .extend('chargesOf', ({ paydesk: { stripe } }) => async (subscription: Stripe.Subscription) => {
    return (await stripe.charges.list({ customer: idOf(subscription.customer) ?? '' })).data;
  });

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-payments: a renewal is a draft for about an hour. */
describe('a refund by the id of a subscription', () => {
  it('refunds the last payment while the next invoice is a draft', async ({
    shop,
    subscribe,
    renew,
    latestInvoice,
    chargesOf,
  }) => {
    const subscription = await subscribe();
    const { id } = subscription;
    renew(subscription);
    expect(await latestInvoice(id)).toMatchObject({ status: 'draft' });
    expect(await shop.post('/refund', { paymentID: id })).toMatchObject({
      status: 201,
      body: { result: 'OK', amount: '10.00' },
    });
    expect(await chargesOf(subscription)).toMatchObject([{ amount_refunded: 1000 }]);
  });

  it('refunds the last payment while the next invoice is open after a decline', async ({
    paydesk: { stripe },
    clock,
    shop,
    subscribe,
    renew,
    latestInvoice,
    chargesOf,
  }) => {
    const subscription = await subscribe();
    const { id } = subscription;
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: idOf(subscription.customer) ?? '',
    });
    await stripe.subscriptions.update(id, { default_payment_method: bad.id });
    renew(subscription);
    await latestInvoice(id);
    clock.moveHours(2);
    expect(await latestInvoice(id)).toMatchObject({ status: 'open' });
    const { status } = await shop.post('/refund', { paymentID: id, amount: '4.00' });
    expect(status).toBe(201);
    expect(await chargesOf(subscription)).toMatchObject([
      { status: 'failed', amount_refunded: 0 },
      { status: 'succeeded', amount_refunded: 400 },
    ]);
  });

  it('refunds the newest payment once the renewal is paid', async ({
    clock,
    shop,
    subscribe,
    renew,
    latestInvoice,
    chargesOf,
  }) => {
    const subscription = await subscribe();
    const { id } = subscription;
    renew(subscription);
    await latestInvoice(id);
    clock.moveHours(2);
    expect(await latestInvoice(id)).toMatchObject({ status: 'paid' });
    expect((await shop.post('/refund', { paymentID: id })).status).toBe(201);
    expect(await chargesOf(subscription)).toMatchObject([{ amount_refunded: 1000 }, { amount_refunded: 0 }]);
  });
});
