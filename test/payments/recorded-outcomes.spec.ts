import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

const MONTHLY = { amount: '5.00', interval: 'month' };

/** No event arrives. */
const it = paydeskTest({ workerByHand: true, environment: { BUSINESS_TIMEZONE: 'Europe/Rome' } })
  .extend('record', ({ shop }) => async (path: string) => {
    const { status, body } = await shop.get(path);
    expect(status).toBe(200);
    return body;
  })
  .extend('told', ({ paydesk }) => async (id: string) => {
    const types = 'select type from notifications where payment_id = $1 order by type';
    return (await query<{ type: string }>(paydesk, types, [id])).map(({ type }) => type);
  })
  .extend('paidSubscription', ({ shop }) => async () => {
    const { body } = await shop.post('/pay/recurrent', { ...redirects, ...MONTHLY });
    await payOnPage(body.redirectToUrl);
    // Reads and records the payment and its subscription.
    const { body: report } = await shop.get(`/status?paymentID=${body.paymentID}`);
    expect(report).toMatchObject({ status: 'ACCEPTED', subscriptionStatus: 'ACTIVE' });
    return { id: body.paymentID, subscriptionId: report.subscriptionID };
  });

describe('the record has, without an event,', () => {
  it('a Checkout page that was expired', async ({ shop, record, told }) => {
    const { paymentID: id } = (await shop.post('/pay', { ...redirects, amount: '5.00' })).body;
    const { operationId } = await record(`/pay/payments/${id}`);
    expect((await shop.post('/pay/expire', { paymentID: id })).status).toBe(200);
    const payment = await record(`/pay/payments/${id}`);
    expect(payment).toMatchObject({ status: 'FAILED', operationId, version: 2 });
    expect(payment.timeline.slice(-5)).toMatchObject([
      { kind: 'request', operationId: expect.not.stringMatching(operationId) },
      { kind: 'stripe', requestId: expect.stringMatching(/^req_/) },
      { kind: 'change', from: 'PENDING', to: 'FAILED' },
      { kind: 'notification', type: 'checkout.expired' },
      { kind: 'notification', type: 'payment.failed' },
    ]);
    await shop.post('/pay/expire', { paymentID: id });
    expect(await told(id)).toEqual(['checkout.expired', 'payment.failed']);
  });

  it('the page of a subscription that was expired', async ({ shop, record, told }) => {
    const { paymentID: id } = (await shop.post('/pay/recurrent', { ...redirects, ...MONTHLY })).body;
    await shop.post('/pay/expire', { paymentID: id });
    expect(await record(`/pay/payments/${id}`)).toMatchObject({ status: 'FAILED' });
    expect(await record(`/pay/subscriptions/${id}`)).toMatchObject({ status: 'EXPIRED', version: 2 });
    expect(await told(id)).toEqual(['checkout.expired', 'payment.failed']);
  });

  it('a subscription that was cancelled', async ({ shop, record, told, paidSubscription }) => {
    const { id, subscriptionId } = await paidSubscription();
    const cancel = { paymentID: id, cancelType: 'now' };
    expect((await shop.post('/pay/recurrent/expire', cancel)).status).toBe(200);
    expect(await record(`/pay/subscriptions/${subscriptionId}`)).toMatchObject({
      status: 'CANCELED',
      endedAt: expect.any(String),
    });
    expect((await record(`/pay/payments/${id}`)).timeline.slice(-3)).toMatchObject([
      { kind: 'request' },
      { kind: 'stripe' },
      { kind: 'notification', type: 'subscription.canceled' },
    ]);
    await shop.post('/pay/recurrent/expire', cancel);
    expect((await told(id)).filter((type) => type === 'subscription.canceled')).toHaveLength(1);
  });

  it('a subscription that ends with its period', async ({ shop, record, paidSubscription }) => {
    const { id, subscriptionId } = await paidSubscription();
    await shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'endOfPeriod' });
    const { currentPeriodEnd, ...subscription } = await record(`/pay/subscriptions/${subscriptionId}`);
    expect(subscription).toMatchObject({
      status: 'ACTIVE',
      cancelAtPeriodEnd: true,
      cancelAt: currentPeriodEnd,
    });
  });

  it('a subscription that ends at a day', async ({ shop, record, paidSubscription }) => {
    const { id, subscriptionId } = await paidSubscription();
    const day = { cancelType: 'atDay', cancelTime: '31/12/2030' };
    await shop.post('/pay/recurrent/expire', { paymentID: id, ...day });
    const cancelAt = '2030-12-31T22:59:59.000Z';
    expect(await record(`/pay/subscriptions/${subscriptionId}`)).toMatchObject({
      status: 'ACTIVE',
      cancelAt,
    });
  });

  it('the newer state of a subscription that was resumed before its cancellation is sent again', async ({
    paydesk,
    shop,
    record,
    paidSubscription,
  }) => {
    const { id, subscriptionId } = await paidSubscription();
    const key = { 'idempotency-key': someUser() };
    const cancel = () =>
      shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'endOfPeriod' }, key);
    const path = `/v1/subscriptions/${subscriptionId}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], share: 1 });
    expect((await cancel()).status).toBe(503);
    paydesk.sandbox.faults.clear();
    await paydesk.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: false });
    const handleEvent = 'update payment_subscriptions set revision = revision + 1 where subscription_id = $1';
    await query(paydesk, handleEvent, [subscriptionId]);
    expect((await cancel()).status).toBe(200);
    expect(await record(`/pay/subscriptions/${subscriptionId}`)).toMatchObject({ cancelAtPeriodEnd: false });
  });

  it('the newer state of a subscription that has changed while Stripe was asked', async ({
    paydesk,
    shop,
    record,
    paidSubscription,
  }) => {
    const { id, subscriptionId } = await paidSubscription();
    await query(
      paydesk,
      `create function raise_revision() returns trigger language plpgsql as $$ begin
         update payment_subscriptions set revision = revision + 1 where subscription_id = '${subscriptionId}';
         return new; end $$`,
    );
    await query(
      paydesk,
      `create trigger raise_revision before update of outcome on operations for each row execute function raise_revision()`,
    );
    await shop.post('/pay/recurrent/expire', { paymentID: id, cancelType: 'endOfPeriod' });
    await query(paydesk, 'drop function raise_revision cascade');
    expect(await record(`/pay/subscriptions/${subscriptionId}`)).toMatchObject({ cancelAtPeriodEnd: false });
  });
});
