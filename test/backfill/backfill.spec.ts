import { describe, expect } from 'vitest';
import { Problem } from '#core/problem.js';
import type { BackfillProgress } from '../../src/backfill/backfill.js';
import { backfillAccount } from '../support/backfill.js';
import { query } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSubscription } from '../support/subscription.js';

const DAY_HOURS = 24;

const it = paydeskTest({ workerByHand: true })
  .extend(
    'backfill',
    ({ paydesk, clock }) =>
      (since?: Date | null, report?: (progress: BackfillProgress) => void) =>
        backfillAccount(paydesk, clock, since, report),
  )
  .extend(
    'payment',
    ({ shop }) =>
      async (id: string) =>
        (await shop.get(`/pay/payments/${id}`)).body,
  )
  /** A payment that was made in the dashboard. */
  .extend('pay', ({ paydesk: { stripe } }) => (paymentMethod = 'pm_card_visa') => {
    return stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      payment_method: paymentMethod,
      confirm: true,
      return_url: 'https://example.com/paid',
    });
  })
  .extend(
    'notified',
    ({ paydesk }) =>
      () =>
        query(paydesk, 'select type from notifications'),
  );

const INTERRUPTION = new Error('interrupted');

/** Interrupts a backfill once it has read this many PaymentIntents. */
function interruptAfter(count: number): (progress: BackfillProgress) => void {
  let left = count;
  return ({ step }) => {
    if (step === 'payment_intents') left -= 1;
    if (left === 0) throw INTERRUPTION;
  };
}

describe('a backfill', () => {
  it('records the whole account as Stripe has it, and notifies nobody', async ({
    paydesk,
    shop,
    backfill,
    payment,
    pay,
    notified,
  }) => {
    const { stripe } = paydesk;
    const refunded = await pay();
    const refund = await stripe.refunds.create({ payment_intent: refunded.id, amount: 500 });
    const disputed = await pay('pm_card_createDispute');
    const order = { amount: '5.00', shopTransactionID: 'order-1', allowDuplicate: true, ...redirects };
    const open = (await shop.post('/pay', order)).body;
    const paid = (await shop.post('/pay', order)).body;
    await payOnPage(paid.redirectToUrl);
    const expired = (await shop.post('/pay', order)).body;
    await stripe.checkout.sessions.expire(expired.paymentID);
    const subscription = await startSubscription(stripe);
    await query(paydesk, 'delete from payments where session_id = $1', [expired.paymentID]);
    const before = await notified();

    await backfill();

    expect(await payment(refunded.id)).toMatchObject({
      paymentID: refunded.id,
      status: 'ACCEPTED',
      amount: '20.00',
      amountRefunded: '5.00',
      caller: null,
      operationId: null,
      refunds: [{ refundID: refund.id, amount: '5.00', status: 'SUCCEEDED' }],
      stripe: { charge: refunded.latest_charge },
    });
    expect(await payment(disputed.id)).toMatchObject({ disputes: [{ status: 'OPEN', amount: '20.00' }] });
    expect(await payment(open.paymentID)).toMatchObject({ status: 'PENDING' });
    expect(await payment(paid.paymentID)).toMatchObject({ status: 'ACCEPTED', caller: 'service:shop' });
    expect(await payment(expired.paymentID)).toMatchObject({ status: 'FAILED', caller: 'service:shop' });
    expect(await payment(subscription.id)).toMatchObject({ type: 'subscription', status: 'ACCEPTED' });
    const { body } = await shop.get(`/pay/subscriptions/${subscription.id}`);
    expect(body).toMatchObject({ subscriptionID: subscription.id, status: 'ACTIVE' });
    expect(await notified()).toEqual(before);
  });

  it('goes on where it was interrupted', async ({ paydesk, backfill, payment, pay }) => {
    const payments = [await pay(), await pay(), await pay()];
    // The lists are newest first: the one in the middle is the second.
    await expect(backfill(null, interruptAfter(2))).rejects.toThrow(INTERRUPTION);
    expect((await payment(payments[1]?.id ?? '')).status).toBe('ACCEPTED');
    expect((await payment(payments[0]?.id ?? '')).status).toBe(404);
    const before = paydesk.stripeCalls.length;
    expect(await backfill()).toMatchObject({ wasResumed: true });
    for (const { id } of payments) expect((await payment(id)).status).toBe('ACCEPTED');
    expect(paydesk.stripeCalls.slice(before)).not.toContain(`GET /v1/payment_intents/${payments[2]?.id}`);
    expect(await query(paydesk, 'select id from backfills')).toEqual([]);
    expect(await backfill()).toMatchObject({ wasResumed: false });
  });

  it('leaves out what Stripe refuses to show, and names it also after an interruption', async ({
    paydesk,
    backfill,
    payment,
    pay,
  }) => {
    const [readable, refused, gone] = [await pay(), await pay(), await pay()];
    for (const [{ id }, status] of [[refused, 400] as const, [gone, 404] as const]) {
      paydesk.sandbox.faults.add({
        method: 'GET',
        path: `/v1/payment_intents/${id}`,
        kinds: ['refuse'],
        error: { type: 'invalid_request_error', status, ...(status === 404 && { code: 'resource_missing' }) },
        share: 1,
      });
    }
    await expect(backfill(null, interruptAfter(3))).rejects.toThrow(INTERRUPTION);
    expect(await backfill()).toMatchObject({ wasResumed: true, skipped: [gone.id, refused.id] });
    expect((await payment(readable.id)).status).toBe('ACCEPTED');
    expect((await payment(refused.id)).status).toBe(404);
    expect(await query(paydesk, 'select id from backfills')).toEqual([]);
  });

  it('stops if the key may not read at all', async ({ paydesk, backfill, pay }) => {
    await pay();
    paydesk.sandbox.faults.add({
      method: 'GET',
      path: '/v1/payment_intents',
      kinds: ['refuse'],
      error: { type: 'invalid_request_error', status: 403 },
      share: 1,
    });
    await expect(backfill()).rejects.toThrow(Problem);
  });

  it('reads what has changed since a day, and no payment that cannot have', async ({
    paydesk,
    clock,
    backfill,
    payment,
    pay,
  }) => {
    const [unchanged, refunded] = [await pay(), await pay()];
    clock.moveHours(DAY_HOURS);
    const since = clock.now();
    await paydesk.stripe.refunds.create({ payment_intent: refunded.id, amount: 500 });
    const later = await pay();
    const days: (string | undefined)[] = [];
    await backfill(since, ({ createdAt }) => days.push(createdAt?.toISOString()));
    expect((await payment(later.id)).status).toBe('ACCEPTED');
    expect((await payment(refunded.id)).amountRefunded).toBe('5.00');
    expect((await payment(unchanged.id)).status).toBe(404);
    expect(days).toContain(new Date(later.created * 1000).toISOString());
  });

  it('is not needed any more once it is complete', async ({ paydesk, clock, backfill }) => {
    const needed = () => query(paydesk, 'select backfill_needed_since is not null as needed from event_walk');
    await query(paydesk, 'update event_walk set backfill_needed_since = $1', [clock.now()]);
    clock.moveHours(DAY_HOURS);
    await backfill(clock.now());
    expect(await needed()).toEqual([{ needed: true }]);
    await backfill();
    expect(await needed()).toEqual([{ needed: false }]);
  });

  it('leaves the news to /check', async ({ backfill, pay, shop, notified }) => {
    const { id } = await pay();
    await backfill();
    const before = (await notified()).length;
    await shop.get(`/check?paymentID=${id}`);
    await shop.get(`/check?paymentID=${id}`);
    expect((await notified()).slice(before)).toEqual([{ type: 'payment.succeeded' }]);
  });
});
