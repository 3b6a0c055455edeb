import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import type { Caller } from '../support/caller.js';
import { withoutChange } from '../support/without-change.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';

const DRY_RUN = { 'dry-run': 'true' };
const it = paydeskTest({ workerByHand: true })
  /** Sends a dry run, which must neither change the database nor Stripe. */
  .extend(
    'tryOut',
    ({ paydesk }) =>
      (caller: Caller, path: string, body?: object, headers: object = {}) =>
        withoutChange(paydesk, () => caller.post(path, body, { ...DRY_RUN, ...headers })),
  )
  .extend('paid', ({ shop }) => async (path = '/pay', body: object = {}) => {
    const { body: started } = await shop.post(path, { ...redirects, amount: '5.00', ...body });
    await payOnPage(started.redirectToUrl);
    await shop.get(`/status?paymentID=${started.paymentID}`);
    return started.paymentID as string;
  });

describe('a dry run', () => {
  it('shows what would be sent, and leaves the key unused', async ({ shop, tryOut }) => {
    const body = { ...redirects, amount: '5.00', metadata: { order: '7' }, shopTransactionID: 'dry-1' };
    const key = { 'idempotency-key': 'dry-1' };
    const answer = await tryOut(shop, '/pay', body, key);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('idempotency-key')).toBeNull();
    expect(answer.body).toEqual({
      dryRun: true,
      wouldSend: [
        {
          method: 'POST',
          path: '/v1/checkout/sessions',
          params: expect.objectContaining({
            mode: 'payment',
            client_reference_id: 'dry-1',
            metadata: { order: '7', operation_id: expect.any(String) },
          }),
        },
      ],
    });
    const real = await shop.post('/pay', { ...body, amount: '6.00' }, key);
    expect(real.status).toBe(201);
    expectProblem(await tryOut(shop, '/pay', body), 'already-started');
    expect((await tryOut(shop, '/pay', { ...body, allowDuplicate: true })).status).toBe(200);
  });

  it('shows the customer that would be created first', async ({ shop, tryOut }) => {
    const userId = someUser();
    const { body } = await tryOut(shop, '/pay', { ...redirects, amount: '5.00', userId });
    expect(body.wouldSend).toMatchObject([
      { path: '/v1/customers', params: { metadata: { paydesk_user_id: userId } } },
      { path: '/v1/checkout/sessions', params: { customer: 'cus_new' } },
    ]);
  });

  it('reserves no refund', async ({ shop, paid, tryOut }) => {
    const paymentID = await paid();
    const { body } = await tryOut(shop, '/refund', { paymentID, amount: '4.00' });
    expect(body.wouldSend).toMatchObject([
      { method: 'POST', path: '/v1/refunds', params: { amount: '400' } },
    ]);
    expect((await tryOut(shop, '/refund', { paymentID })).body.wouldSend).toMatchObject([
      { params: { amount: '500' } },
    ]);
    expectProblem(await tryOut(shop, '/refund', { paymentID, amount: '5.01' }), 'refund-not-possible');
    await shop.post('/refund', { paymentID, amount: '4.00' });
    expectProblem(await tryOut(shop, '/refund', { paymentID, amount: '2.00' }), 'refund-not-possible');
  });

  it('charges no card, and counts no attempt', async ({ paydesk, partner, tryOut }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await partner.get(`/partners/user/${user}/payment_methods`);
    const charge = { amount: '500', description: 'x', stripe_payment_method_id: card };
    const path = `/partners/user/${user}/payment_intent`;
    for (let times = 0; times < 12; times += 1)
      expect((await tryOut(partner, path, charge)).status).toBe(200);
    const { body } = await tryOut(partner, path, charge);
    expect(body.wouldSend).toMatchObject([{ path: '/v1/payment_intents', params: { amount: '500' } }]);
    expect((await partner.post(path, charge)).status).toBe(201);
  });

  it.for([
    ['/pay/expire', {}],
    ['/pay/recurrent/expire', { cancelType: 'now' }],
    ['/pay/recurrent/pause', {}],
  ] as const)('of %s changes nothing', async ([path, more], { shop, paid, tryOut }) => {
    const isOpen = path === '/pay/expire';
    const open = isOpen && (await shop.post('/pay', { ...redirects, amount: '5.00' })).body.paymentID;
    const paymentID = open || (await paid('/pay/recurrent', { interval: 'month' }));
    // What the first look at a payment stores is no part of the dry run.
    await shop.get(`/check?paymentID=${paymentID}`);
    const { status, body } = await tryOut(shop, path, { paymentID, ...more });
    expect(status).toBe(200);
    expect(body.wouldSend).toHaveLength(1);
  });

  it.for([
    ['/pay/confirm', 'capture'],
    ['/pay/void', 'cancel'],
  ] as const)(
    'of %s leaves the payment authorized',
    async ([path, call], { paydesk, paid, tryOut, shop }) => {
      const paymentID = await paid('/pay', { capture: 'manual' });
      await shop.get(`/check?paymentID=${paymentID}`);
      const { payment_intent: intent } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
      const { body } = await tryOut(shop, path, { paymentID });
      expect(body.wouldSend).toMatchObject([{ path: `/v1/payment_intents/${idOf(intent)}/${call}` }]);
    },
  );

  it('of a change, a resumption or the end of a pause leaves the subscription alone', async ({
    paydesk,
    shop,
    paid,
    tryOut,
  }) => {
    const paymentID = await paid('/pay/recurrent', { interval: 'month' });
    await shop.get(`/check?paymentID=${paymentID}`);
    const { subscription } = await paydesk.stripe.checkout.sessions.retrieve(paymentID);
    const path = `/v1/subscriptions/${idOf(subscription)}`;
    const { id: priceId } = await paydesk.stripe.prices.create({
      currency: 'usd',
      unit_amount: 900,
      recurring: { interval: 'month' },
      product_data: { name: 'Magazine' },
    });
    const products = [{ priceId, quantity: 1 }];
    const wouldSend = async (action: string, body: object = {}) =>
      (await tryOut(shop, `/pay/recurrent/${action}`, { paymentID, ...body })).body.wouldSend;
    expect(await wouldSend('change', { products, proration: 'now', at: 'now' })).toMatchObject([{ path }]);
    expect(await wouldSend('change', { products, proration: 'none', at: 'endOfPeriod' })).toMatchObject([
      { path: '/v1/subscription_schedules', params: { from_subscription: idOf(subscription) } },
    ]);
    await shop.post('/pay/recurrent/pause', { paymentID });
    expect(await wouldSend('unpause')).toMatchObject([{ path, params: { pause_collection: '' } }]);
    await shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'endOfPeriod' });
    expect(await wouldSend('resume')).toMatchObject([{ path, params: { cancel_at_period_end: 'false' } }]);
  });

  it("of a partner's capture, cancellation or refund changes nothing", async ({
    paydesk,
    partner,
    tryOut,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const charge = async (capture: string) => {
      const body = { amount: '500', description: 'x', stripe_payment_method_id: card, capture };
      const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, body);
      return headers.get('location') ?? '';
    };
    const [reserved, paid] = [await charge('manual'), await charge('automatic')];
    const wouldSend = async (path: string) => (await tryOut(partner, path, {})).body.wouldSend;
    expect(await wouldSend(`${reserved}/capture`)).toMatchObject([{ params: { amount_to_capture: '500' } }]);
    expect(await wouldSend(`${reserved}/cancel`)).toMatchObject([
      { path: expect.stringMatching(/\/cancel$/) },
    ]);
    expect(await wouldSend(`${paid}/refund`)).toMatchObject([{ params: { amount: '500' } }]);
  });

  it('is refused as the request would be', async ({ paydesk, shop, tryOut }) => {
    expectProblem(
      await tryOut(shop, '/pay', { ...redirects, amount: '5', currency: 'xyz' }),
      'invalid-request',
    );
    expect((await tryOut(shop, '/refund', { paymentID: 'cs_test_unknown' })).status).toBe(404);
    const price = { ...redirects, products: [{ priceId: 'price_unknown', quantity: 1 }] };
    expect((await tryOut(shop, '/pay', price)).status).toBe(404);
    const reader = await paydesk.service('reader', { scopes: ['payments:read'] });
    expectProblem(await tryOut(reader, '/pay', { ...redirects, amount: '5.00' }), 'forbidden');
  });

  it('keeps to the limits of a key without counting', async ({ paydesk, tryOut }) => {
    const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
    const limited = await paydesk.service('limited');
    const { body } = await admin.get('/admin/keys?name=limited');
    await admin.patch(`/admin/keys/${body.data[0].id}`, { guardrails: { maxChargesPerDay: { usd: 1000 } } });
    const pay = (amount: string) => tryOut(limited, '/pay', { ...redirects, amount });
    expect([(await pay('9.00')).status, (await pay('9.00')).status]).toEqual([200, 200]);
    await limited.post('/pay', { ...redirects, amount: '2.00' });
    expectProblem(await pay('9.00'), 'limit-exceeded');
    expect((await pay('8.00')).status).toBe(200);
  });

  it.for(['false', '1', 'TRUE', ''])('is asked for with true, not with "%s"', async (value, { shop }) => {
    const answer = await shop.post('/pay', { ...redirects, amount: '5.00' }, { 'dry-run': value });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'Dry-Run' })]);
  });

  it('is refused where nothing can be tried out', async ({ shop }) => {
    const answer = await shop.put(`/customers/${someUser()}`, { name: 'Ann' }, DRY_RUN);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field: 'Dry-Run' })]);
    expect((await shop.get('/pay/payments', DRY_RUN)).status).toBe(200);
  });
});
