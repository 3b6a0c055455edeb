import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { DAY_SECONDS } from '../support/durations.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';

const it = paydeskTest({ environment: { BUSINESS_TIMEZONE: 'Europe/Rome' } })
  .extend('subscription', ({ paydesk }) => () => {
    return startSubscription(paydesk.stripe, { paydesk_shop_transaction_id: 'order-9' });
  })
  .extend('cancel', ({ shop }) => (paymentID: string, body: object) => {
    return shop.post('/pay/recurrent/expire', { paymentID, ...body });
  });

describe('POST /pay/recurrent/expire', () => {
  it('cancels immediately, and succeeds for a cancelled subscription', async ({
    paydesk,
    subscription,
    cancel,
  }) => {
    const { id } = await subscription();
    const first = await cancel(id, { cancelType: 'now' });
    const { status, ended_at: endedAt } = await paydesk.stripe.subscriptions.retrieve(id);
    expect(status).toBe('canceled');
    expect(first).toMatchObject({
      status: 200,
      body: {
        result: 'OK',
        paymentID: id,
        subscriptionID: id,
        cancelAt: new Date(Number(endedAt) * 1000).toISOString(),
      },
    });
    expect(await cancel(id, { cancelType: 'now' })).toMatchObject({ status: 200, body: first.body });
    expect(await cancel(id, { cancelType: 'endOfPeriod' })).toMatchObject({
      status: 409,
      body: { type: 'urn:paydesk:invalid-state' },
    });
  });

  it('cancels right before the next renewal', async ({ paydesk, subscription, cancel }) => {
    const { id, items } = await subscription();
    const periodEnd = Number(items.data[0]?.current_period_end);
    const { status, body } = await cancel(id, { cancelType: 'endOfPeriod' });
    expect({ status, cancelAt: body.cancelAt }).toEqual({
      status: 200,
      cancelAt: new Date(periodEnd * 1000).toISOString(),
    });
    expect(await paydesk.stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
    });
  });

  it('cancels at the end of a day in the business time zone', async ({ paydesk, subscription, cancel }) => {
    const { id } = await subscription();
    const { status, body } = await cancel(id, { cancelType: 'atDay', cancelTime: '31/12/2030' });
    expect({ status, cancelAt: body.cancelAt }).toEqual({
      status: 200,
      cancelAt: '2030-12-31T22:59:59.000Z',
    });
    expect(await paydesk.stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      cancel_at: Date.UTC(2030, 11, 31, 22, 59, 59) / 1000,
    });
  });

  it('reports what was cancelled unheard, also once it has ended as planned', async ({
    paydesk: { sandbox, stripe },
    shop,
    subscription,
    clock,
  }) => {
    const { id, items } = await subscription();
    const body = { paymentID: id, cancelType: 'endOfPeriod' };
    const cancel = () => shop.post('/pay/recurrent/expire', body, { 'idempotency-key': 'cancelled-unheard' });
    const path = `/v1/subscriptions/${id}`;
    sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    expect(await cancel()).toMatchObject({ status: 503, body: { type: 'urn:paydesk:outcome-unknown' } });
    clock.moveSeconds(32 * DAY_SECONDS);
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled');
    sandbox.faults.clear();
    await expect.poll(async () => (await cancel()).status).toBe(200);
    const periodEnd = Number(items.data[0]?.current_period_end);
    expect((await cancel()).body.cancelAt).toBe(new Date(periodEnd * 1000).toISOString());
  });

  it('finds the subscription by its invoice, payment and charge', async ({
    paydesk,
    shop,
    subscription,
    cancel,
  }) => {
    const { id, latest_invoice: latestInvoice } = await subscription();
    const invoice = idOf(latestInvoice) ?? '';
    const { data } = await paydesk.stripe.invoicePayments.list({ invoice });
    const intent = idOf(data[0]?.payment.payment_intent) ?? '';
    const charge = idOf((await paydesk.stripe.paymentIntents.retrieve(intent)).latest_charge) ?? '';
    for (const paymentID of [invoice, intent, charge]) {
      expect(await cancel(paymentID, { cancelType: 'endOfPeriod' })).toMatchObject({
        status: 200,
        body: { paymentID, subscriptionID: id },
      });
      expect((await shop.get(`/status?paymentID=${paymentID}`)).body).toEqual({
        paymentID,
        shopTransactionID: 'order-9',
        status: 'ACCEPTED',
        amount: '10.00',
        amountRefunded: '0.00',
        currency: 'usd',
        subscriptionID: id,
        subscriptionStatus: 'ACTIVE',
        providerName: 'stripe',
      });
    }
  });

  it('refunds the latest invoice of a subscription', async ({ shop, subscription }) => {
    const { id } = await subscription();
    expect(await shop.post('/refund', { paymentID: id, amount: '4.00' })).toMatchObject({
      status: 201,
      body: { result: 'OK', paymentID: id, amount: '4.00' },
    });
  });

  it('refuses a payment without a subscription', async ({ paydesk, cancel }) => {
    const { id } = await paydesk.stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(await cancel(id, { cancelType: 'now' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'paymentID' }] },
    });
  });

  it('refuses a subscription whose first payment is not made yet', async ({ shop, cancel }) => {
    const { body } = await shop.post('/pay/recurrent', {
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
      amount: '5.00',
      interval: 'month',
    });
    expect(await cancel(body.paymentID, { cancelType: 'now' })).toMatchObject({
      status: 409,
      body: { type: 'urn:paydesk:invalid-state' },
    });
  });

  it('reports an unknown subscription as not found', async ({ cancel }) => {
    expect(await cancel('sub_unknown', { cancelType: 'now' })).toMatchObject({
      status: 404,
      body: { errors: [{ field: 'paymentID' }] },
    });
  });
});
