import { describe, expect } from 'vitest';
import { ensureWebhookEndpoint } from '#sandbox/nouns/webhook-endpoints/webhook-endpoint.js';
import { query, waitingForLocks, withLock } from '../support/database.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { startSecondInstance } from '../support/second-instance.js';

const SECRET = 'whsec_test';
const PAID_NUMBER = '4242424242424242';
const DECLINED_NUMBER = '4000000000000002';
const ONE_TIME = { route: '/pay', body: { amount: '5.00' } };
const MONTHLY = { route: '/pay/recurrent', body: { amount: '5.00', interval: 'month' } };

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** Has the sandbox send its events and waits until no attempt at them is due. */
  .extend('handleDueEvents', ({ paydesk, clock }) => async () => {
    await paydesk.sandbox.webhooks.flush();
    const due = 'select id from event_targets where retry_at <= $1 or lease_expires_at >= $1';
    await expect.poll(() => query(paydesk, due, [clock.now()])).toEqual([]);
  })
  /** Opens a Checkout page whose operation has no outcome, because no answer of Stripe's arrives. */
  .extend('startUnheard', ({ paydesk, shop }) => async ({ route, body }: { route: string; body: object }) => {
    const start = () => shop.post(route, { ...body, ...redirects }, { 'idempotency-key': key });
    const key = someUser();
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/checkout/sessions',
      kinds: ['reset_after_effect'],
      share: 1,
    });
    expect((await start()).status).toBe(503);
    paydesk.sandbox.faults.clear();
    const [session] = (await paydesk.stripe.checkout.sessions.list({ limit: 1 })).data;
    return { start, id: session?.id ?? '', url: session?.url ?? '' };
  })
  /** The types of a payment's notifications, in the order of their names. */
  .extend('told', ({ paydesk }) => async (id: string) => {
    const types = 'select type from notifications where payment_id = $1 order by type';
    return (await query<{ type: string }>(paydesk, types, [id])).map(({ type }) => type);
  })
  .extend('recorded', ({ paydesk }) => async () => {
    return query(paydesk, 'select payment_id as id from payments');
  })
  /** Afterwards no event is left that would record a payment of one test again in the next. */
  .extend('emptyRecord', { auto: true }, ({ paydesk, handleDueEvents }, { onCleanup }) => {
    onCleanup(async () => {
      await handleDueEvents();
      await query(paydesk, 'delete from event_targets');
      await query(paydesk, 'truncate payments, payment_subscriptions cascade');
    });
  });

describe('a payment is recorded once if the customer', () => {
  it.beforeAll(async ({ paydesk, clock }) => {
    const url = `${paydesk.url}/webhooks/stripe`;
    paydesk.sandbox.run((ctx) => ensureWebhookEndpoint(ctx, { url, secret: SECRET }));
    const second = await startSecondInstance(paydesk, clock);
    return second.close;
  });

  it.for([
    ['tries to pay', DECLINED_NUMBER, ONE_TIME],
    ['pays', PAID_NUMBER, ONE_TIME],
    ['tries to pay a subscription', DECLINED_NUMBER, MONTHLY],
    ['pays a subscription', PAID_NUMBER, MONTHLY],
  ] as const)(
    '%s before the operation has an outcome',
    async ([, number, request], { clock, shop, startUnheard, handleDueEvents, recorded, told }) => {
      const { id, url, start } = await startUnheard(request);
      await payOnPage(url, number);
      await handleDueEvents();
      expect((await start()).status).toBe(201);
      clock.moveSeconds(60);
      await handleDueEvents();
      if (number === DECLINED_NUMBER) await payOnPage(url);
      await handleDueEvents();
      expect(await recorded()).toEqual([{ id }]);
      expect((await shop.get(`/pay/payments/${id}`)).body).toMatchObject({
        status: 'ACCEPTED',
        caller: 'service:shop',
      });
      expect((await told(id)).filter((type) => type.startsWith('payment'))).toEqual(['payment.succeeded']);
    },
  );

  it.for([
    ['tries to pay', DECLINED_NUMBER, ONE_TIME],
    ['pays', PAID_NUMBER, ONE_TIME],
    ['tries to pay a subscription', DECLINED_NUMBER, MONTHLY],
    ['pays a subscription', PAID_NUMBER, MONTHLY],
  ] as const)(
    '%s, and the operation and the events go on at the same time',
    async ([, number, request], { paydesk, clock, shop, startUnheard, handleDueEvents, recorded, told }) => {
      const { id, url } = await startUnheard(request);
      await payOnPage(url, number);
      await handleDueEvents();
      clock.moveSeconds(60);
      const open = "select id from operations where state = 'running'";
      await expect.poll(() => query(paydesk, open)).toEqual([]);
      clock.moveSeconds(60);
      if (number === DECLINED_NUMBER) await payOnPage(url);
      await handleDueEvents();
      expect(await recorded()).toEqual([{ id }]);
      expect((await shop.get(`/pay/payments/${id}`)).body).toMatchObject({
        status: 'ACCEPTED',
        caller: 'service:shop',
      });
      const ofSubscription = request === MONTHLY ? ['subscription.active'] : [];
      expect(await told(id)).toEqual(['checkout.completed', 'payment.succeeded', ...ofSubscription]);
    },
  );

  it('tries to pay, and its status is asked by its PaymentIntent before the operation has an outcome', async ({
    paydesk,
    shop,
    startUnheard,
    recorded,
  }) => {
    const { id, url, start } = await startUnheard(ONE_TIME);
    await payOnPage(url, DECLINED_NUMBER);
    const [intent] = (await paydesk.stripe.paymentIntents.list({ limit: 1 })).data;
    for (const route of ['status', 'check']) {
      expect(await shop.get(`/${route}?paymentID=${intent?.id}`)).toMatchObject({
        status: 409,
        body: {
          type: 'urn:paydesk:in-progress',
          detail: expect.stringContaining('the request that started this payment'),
          retryable: true,
        },
      });
    }
    expect((await start()).status).toBe(201);
    expect((await shop.get(`/status?paymentID=${intent?.id}`)).body).toMatchObject({ status: 'PENDING' });
    expect(await recorded()).toEqual([{ id }]);
  });

  it('pays a subscription, and the outcome locks it before its payment, as its events do', async ({
    paydesk,
    startUnheard,
    handleDueEvents,
  }) => {
    const { id, url, start } = await startUnheard(MONTHLY);
    await payOnPage(url);
    await handleDueEvents();
    let ending: ReturnType<typeof start> | undefined;
    await withLock(paydesk, 'select from payment_subscriptions for update', async () => {
      ending = start();
      await expect.poll(() => waitingForLocks(paydesk)).toBe(1);
      const unlocked = 'select payment_id as id from payments for update nowait';
      expect(await query(paydesk, unlocked)).toEqual([{ id }]);
    });
    expect((await ending)?.status).toBe(201);
  });
});
