import { describe, expect } from 'vitest';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';
import { customerOfUser } from '../support/user-customer.js';
import { createProducts, currentOf, ENVIRONMENT, newSubscriber, priceOf } from './subscriptions-test.js';

const it = paydeskTest({ environment: ENVIRONMENT })
  .extend('products', { scope: 'file', auto: true }, ({ paydesk }) => createProducts(paydesk))
  .extend(
    'subscriber',
    ({ paydesk }) =>
      () =>
        newSubscriber(paydesk),
  )
  .extend(
    'price',
    ({ paydesk }) =>
      (amount = 1000) =>
        priceOf(paydesk, 'magazine', amount),
  );

const NOT_FOUND = { status: 404, body: { type: 'urn:paydesk:not-found' } };
const NONE = { subscription: null, product: null, pendingInvoice: null };

describe('POST /subscriptions/subscribe', () => {
  it('opens a page on which the user subscribes', async ({ subscriber, price }) => {
    const { user, subscribe } = await subscriber();
    const priceId = await price();
    const { status, body } = await subscribe(priceId);
    expect({ status, fields: Object.keys(body) }).toEqual({ status: 201, fields: ['checkoutLink'] });
    expect(await currentOf(user)).toEqual(NONE);
    await payOnPage(body.checkoutLink);
    const { subscription, product } = await currentOf(user);
    expect(subscription).toMatchObject({ status: 'ACTIVE', items: [{ priceId, productId: 'magazine' }] });
    expect(product).toEqual({ id: 'magazine', name: 'The magazine' });
  });

  it('is in the record, and notified of', async ({ subscriber, price, shop }) => {
    const { start } = await subscriber();
    const { subscriptionID, userId } = await start(await price());
    const recorded = await shop.get(`/pay/subscriptions/${subscriptionID}`);
    expect(recorded).toMatchObject({ status: 200, body: { userId, tenant: 'issuer:paydesk' } });
  });

  it('refuses a second subscription to the same product, with the id of the first', async ({
    paydesk,
    subscriber,
    price,
  }) => {
    const { subscribe, start } = await subscriber();
    const { subscriptionID } = await start(await price());
    const answer = await subscribe(await price(2000));
    expectProblem(answer, 'already-subscribed');
    expect(answer.body.subscriptionId).toBe(subscriptionID);
    expect((await subscribe(await priceOf(paydesk, 'paper', 500))).status).toBe(201);
  });

  it('closes the page that was opened before', async ({ paydesk, subscriber, price }) => {
    const { user, subscribe } = await subscriber();
    const [first, second] = [await subscribe(await price()), await subscribe(await price(2000))];
    await payOnPage(first.body.checkoutLink);
    expect(await currentOf(user)).toEqual(NONE);
    const paper = await subscribe(await priceOf(paydesk, 'paper', 500));
    await payOnPage(second.body.checkoutLink);
    expect((await currentOf(user)).product).toMatchObject({ id: 'magazine' });
    await payOnPage(paper.body.checkoutLink);
    expect((await currentOf(user)).product).toMatchObject({ id: 'paper' });
  });

  it('leaves one page open of many that are opened at once', async ({ paydesk, subscriber, price }) => {
    const { user, subscribe } = await subscriber();
    const priceId = await price();
    const answers = await Promise.all(Array.from({ length: 5 }, () => subscribe(priceId)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    for (const { body } of answers) if (body.checkoutLink) await payOnPage(body.checkoutLink);
    const customer = await customerOfUser(paydesk, user);
    const { data } = await paydesk.stripe.subscriptions.list({ customer });
    expect(data).toHaveLength(1);
  });

  it('answers without a link if the page was closed for a newer one meanwhile', async ({
    paydesk,
    subscriber,
    price,
  }) => {
    const { user, subscribe } = await subscriber();
    const priceId = await price();
    // The first page is created, and the answer is lost; then a second one is opened.
    const path = '/v1/checkout/sessions';
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const retry = { 'idempotency-key': 'closed-meanwhile' };
    expectProblem(await subscribe(priceId, retry), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    const second = await subscribe(priceId);
    expect(await subscribe(priceId, retry)).toMatchObject({ status: 201, body: { checkoutLink: null } });
    expect(await subscribe(priceId, retry)).toMatchObject({ status: 201, body: { checkoutLink: null } });
    await payOnPage(second.body.checkoutLink);
    expect((await currentOf(user)).subscription).toMatchObject({ status: 'ACTIVE' });
  });

  it('refuses a page if an earlier one is paid meanwhile', async ({ paydesk, subscriber, price }) => {
    const { user, subscribe } = await subscriber();
    const first = await subscribe(await price());
    // The second page is created, and the answer is lost; then the first is paid.
    const path = '/v1/checkout/sessions';
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['reset_after_effect'], times: 9 });
    const priceId = await price(2000);
    const retry = { 'idempotency-key': 'second' };
    expectProblem(await subscribe(priceId, retry), 'outcome-unknown');
    paydesk.sandbox.faults.clear();
    await payOnPage(first.body.checkoutLink);
    expectProblem(await subscribe(priceId, retry), 'already-subscribed');
    expectProblem(await subscribe(priceId, retry), 'already-subscribed');
    const customer = await customerOfUser(paydesk, user);
    const { data } = await paydesk.stripe.checkout.sessions.list({ customer });
    expect(data.map(({ status }) => status)).toEqual(['expired', 'complete']);
  });

  it.for(['unknown', 'not offered', 'inactive', 'one-time'])(
    'does not sell a price that is %s',
    async (kind, { paydesk, subscriber }) => {
      const { stripe } = paydesk;
      const { subscribe } = await subscriber();
      const other = async () => (await stripe.products.create({ name: 'Secret plan' })).id;
      const once = { product: 'magazine', currency: 'usd', unit_amount: 500 };
      const ids: Record<string, () => Promise<string>> = {
        unknown: async () => 'price_unknown',
        'not offered': async () => priceOf(paydesk, await other(), 500),
        inactive: () => priceOf(paydesk, 'magazine', 500, { active: false }),
        'one-time': async () => (await stripe.prices.create(once)).id,
      };
      const answer = await subscribe((await ids[kind]?.()) ?? '');
      const isHidden = kind === 'unknown' || kind === 'not offered';
      expect(answer).toMatchObject({
        status: isHidden ? 404 : 400,
        body: { errors: [{ field: 'priceId' }] },
      });
    },
  );

  it('names the redirect that is not allowed', async ({ subscriber, price }) => {
    const { user } = await subscriber();
    const body = { priceId: await price(), ...redirects, failureRedirect: 'https://evil.example' };
    const answer = await user.post('/subscriptions/subscribe', body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'failureRedirect' }] } });
  });
});

it('a page is opened in the end although Stripe repeats a failure to close an earlier one', async ({
  paydesk,
  price,
}) => {
  const { subscribe } = await newSubscriber(paydesk);
  expect((await subscribe(await price())).status).toBe(201);
  const [priceId, key] = [await price(2000), { 'idempotency-key': 'page-after-a-failure' }];
  const path = '/v1/checkout/sessions/*/expire';
  paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_before_effect'], times: 9 });
  expectProblem(await subscribe(priceId, key), 'outcome-unknown');
  paydesk.sandbox.faults.clear();
  await expect.poll(async () => (await subscribe(priceId, key)).status).toBe(201);
});

describe('GET /subscriptions/current', () => {
  it('shows the next renewal', async ({ subscriber, price }) => {
    const { user, start } = await subscriber();
    const { currentPeriodEnd } = await start(await price());
    const { pendingInvoice } = await currentOf(user);
    expect(pendingInvoice).toMatchObject({ amountDue: '10.00', currency: 'usd', at: currentPeriodEnd });
    expect(pendingInvoice.lines).toMatchObject([
      { amount: '10.00', isProration: false, periodStart: currentPeriodEnd },
    ]);
  });

  it('is null without a subscription, and once it has ended', async ({ paydesk, subscriber, price }) => {
    expect(await currentOf(await paydesk.user(someUser()))).toEqual(NONE);
    const { user, start } = await subscriber();
    const { subscriptionID } = await start(await price());
    await paydesk.stripe.subscriptions.cancel(subscriptionID);
    expect(await currentOf(user)).toEqual(NONE);
  });
});

describe('POST /subscriptions/cancel-subscription and /resume', () => {
  it('cancels at the end of the period, and takes it back', async ({ paydesk, subscriber, price, shop }) => {
    const { user, start } = await subscriber();
    const { subscriptionID, currentPeriodEnd } = await start(await price());
    const canceled = await user.post('/subscriptions/cancel-subscription');
    expect(canceled).toMatchObject({
      status: 200,
      body: { subscriptionID, cancelAtPeriodEnd: true, cancelAt: currentPeriodEnd, status: 'ACTIVE' },
    });
    expect((await shop.get(`/pay/subscriptions/${subscriptionID}`)).body).toEqual(canceled.body);
    expect((await currentOf(user)).pendingInvoice).toBeNull();
    expect((await user.post('/subscriptions/cancel-subscription')).status).toBe(200);

    const resumed = await user.post('/subscriptions/resume');
    expect(resumed).toMatchObject({ status: 200, body: { cancelAtPeriodEnd: false, cancelAt: null } });
    expect((await currentOf(user)).pendingInvoice).not.toBeNull();
    expect(await paydesk.stripe.subscriptions.retrieve(subscriptionID)).toMatchObject({ cancel_at: null });
  });

  it('resumes one that would end on a day', async ({ subscriber, price, shop }) => {
    const { user, start } = await subscriber();
    const { subscriptionID: paymentID } = await start(await price());
    await shop.post('/pay/recurrent/expire', { paymentID, cancelType: 'atDay', cancelTime: '31/12/2030' });
    expect(await user.post('/subscriptions/resume')).toMatchObject({ status: 200, body: { cancelAt: null } });
  });

  it('gives the same answer for a key, also after the state has changed', async ({ subscriber, price }) => {
    const { user, start } = await subscriber();
    await start(await price());
    const key = { 'idempotency-key': 'cancel-1' };
    const first = await user.post('/subscriptions/cancel-subscription', undefined, key);
    await user.post('/subscriptions/resume');
    const second = await user.post('/subscriptions/cancel-subscription', undefined, key);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('looks up what was done if Stripe repeats a failure', async ({ paydesk, subscriber, price, clock }) => {
    const { user, start } = await subscriber();
    const { subscriptionID } = await start(await price());
    const path = `/v1/subscriptions/${subscriptionID}`;
    paydesk.sandbox.faults.add({ method: 'POST', path, kinds: ['error_after_effect'], times: 1 });
    const key = { 'idempotency-key': 'cancel-2' };
    const cancel = () => user.post('/subscriptions/cancel-subscription', undefined, key);
    await cancel();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await cancel()).status).toBe(200);
    expect((await cancel()).body.cancelAtPeriodEnd).toBe(true);
  });

  it('is 404 without a subscription, 409 if it has ended or was not cancelled', async ({
    paydesk,
    subscriber,
    price,
  }) => {
    const paths = ['/subscriptions/cancel-subscription', '/subscriptions/resume'];
    const stranger = await paydesk.user(someUser());
    for (const path of paths) expect(await stranger.post(path)).toMatchObject(NOT_FOUND);
    const { user, start } = await subscriber();
    const { subscriptionID } = await start(await price());
    expectProblem(await user.post('/subscriptions/resume'), 'invalid-state');
    await paydesk.stripe.subscriptions.cancel(subscriptionID);
    for (const path of paths) expectProblem(await user.post(path), 'invalid-state');
  });
});
