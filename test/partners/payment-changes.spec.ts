import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { STRIPE_SETTLES_SECONDS } from '../support/durations.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { attachCard, saveCard, someUser } from '../support/saved-card.js';

const NOT_FOUND = { status: 404, body: { type: 'urn:paydesk:not-found', errors: [{ field: 'id' }] } };
const ACTIONS = ['capture', 'cancel', 'refund'] as const;

const it = paydeskTest()
  /** A payment of 30.00 that is authorized only, or another one. */
  .extend('authorize', ({ paydesk, partner }) => async (body: object = {}) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const { status, headers } = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
      capture: 'manual',
      ...body,
    });
    expect(status).toBe(201);
    const path = headers.get('location') ?? '';
    return { user, path, id: path.split('/').at(-1) ?? '' };
  })
  .extend('notified', ({ shop }) => async (id: string) => {
    const { body } = await shop.get(`/notifications?subject=${id}`);
    return (body.data as { type: string; data: { payment: { amount: string; status: string } } }[]).map(
      ({ type, data: { payment } }) => ({ type, amount: payment.amount, status: payment.status }),
    );
  })
  .extend('recorded', ({ shop }) => async (id: string) => {
    return (await shop.get(`/pay/payments/${id}`)).body;
  });

describe('POST /partners/user/:user_id/payment_intent with capture: "manual"', () => {
  it('reserves the money, and passes on what the statement and the payment get', async ({
    paydesk,
    partner,
    authorize,
    recorded,
    notified,
  }) => {
    const { path, id } = await authorize({
      metadata: { order: '6735' },
      statement_descriptor_suffix: 'EXAM 6735',
      return_url: 'https://example.com/paid',
    });
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 3000,
      metadata: { order: '6735' },
      statement_descriptor_suffix: 'EXAM 6735',
    });
    expect((await partner.get(path)).body).toMatchObject({ status: 'pending', amount: '3000' });
    expect(await recorded(id)).toMatchObject({ status: 'PENDING' });
    expect(await notified(id)).toEqual([]);
  });

  // https://docs.stripe.com/api/metadata, and the contract of /payment_intent.
  it.for<[string, object]>([
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v'])) }],
    ['metadata', { metadata: { ['k'.repeat(41)]: 'v' } }],
    ['metadata', { metadata: { k: 'v'.repeat(501) } }],
    ['metadata', { metadata: { operation_id: 'mine' } }],
    ['metadata', { metadata: { paydesk_user: 'mine' } }],
    ['metadata', { metadata: 'text' }],
    ['statement_descriptor_suffix', { statement_descriptor_suffix: '6735' }],
    ['statement_descriptor_suffix', { statement_descriptor_suffix: 'EXAM*' }],
    ['statement_descriptor_suffix', { statement_descriptor_suffix: 'E'.repeat(23) }],
    ['capture', { capture: 'later' }],
    ['return_url', { return_url: 'https://elsewhere.example/' }],
    ['return_url', { return_url: `https://example.com/${'a'.repeat(490)}` }],
  ])('refuses a wrong %s', async ([field, body], { paydesk, partner }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const answer = await partner.post(`/partners/user/${user}/payment_intent`, {
      amount: '3000',
      description: 'Wellness exam',
      stripe_payment_method_id: card,
      ...body,
    });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field }]);
    expect((await partner.get(`/partners/user/${user}/payments`)).body).toEqual([]);
  });

  it('takes as much metadata as is allowed', async ({ paydesk, authorize }) => {
    const metadata = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}`.padEnd(40, 'k'), 'v'.repeat(500)]),
    );
    const { id } = await authorize({ metadata });
    expect((await paydesk.stripe.paymentIntents.retrieve(id)).metadata).toMatchObject(metadata);
  });
});

describe('POST .../payments/:id/capture', () => {
  it('captures all, records it, and notifies once', async ({ partner, authorize, recorded, notified }) => {
    const { path, id } = await authorize();
    const capture = () => partner.post(`${path}/capture`, {}, { 'idempotency-key': 'capture' });
    const answer = await capture();
    expect(answer).toMatchObject({
      status: 200,
      body: { stripe_payment_id: id, status: 'complete', amount: '3000', currency: 'usd' },
    });
    const repeated = await capture();
    expect(repeated).toMatchObject({ status: 200, body: answer.body });
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(await recorded(id)).toMatchObject({ status: 'ACCEPTED', amount: '30.00' });
    expect(await notified(id)).toEqual([{ type: 'payment.succeeded', amount: '30.00', status: 'ACCEPTED' }]);
    expect((await partner.get(path)).body).toMatchObject({ status: 'complete', amount: '3000' });
  });

  it('captures a part and releases the rest, which can not be refunded', async ({
    paydesk,
    partner,
    authorize,
    notified,
  }) => {
    const { path, id } = await authorize();
    const answer = await partner.post(`${path}/capture`, { amount: 2000 });
    expect(answer).toMatchObject({ status: 200, body: { amount: '2000' } });
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ amount_received: 2000 });
    expect(await notified(id)).toMatchObject([{ type: 'payment.succeeded', amount: '20.00' }]);
    expect((await partner.get(path)).body).toMatchObject({ amount: '2000' });
    expectProblem(await partner.post(`${path}/refund`, { amount: '2001' }), 'refund-not-possible');
  });

  it('refuses more than is authorized, and leaves it authorized', async ({ paydesk, partner, authorize }) => {
    const { path, id } = await authorize();
    const answer = await partner.post(`${path}/capture`, { amount: '3001' });
    expectProblem(answer, 'amount-out-of-range');
    expect(answer.body.errors).toMatchObject([{ field: 'amount' }]);
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
  });

  it.for(['0', '-1', '1.5', 'all', 1.5, null])(
    'refuses %s as an amount',
    async (amount, { partner, authorize }) => {
      const { path } = await authorize();
      const answer = await partner.post(`${path}/capture`, { amount });
      expectProblem(answer, 'invalid-request');
      expect(answer.body.errors).toMatchObject([{ field: 'amount' }]);
    },
  );

  it('is 409 for what is captured or was canceled', async ({ partner, authorize }) => {
    const captured = await authorize({ capture: 'automatic' });
    expectProblem(await partner.post(`${captured.path}/capture`, {}), 'invalid-state');
    const canceled = await authorize();
    await partner.post(`${canceled.path}/cancel`);
    expectProblem(await partner.post(`${canceled.path}/capture`, {}), 'invalid-state');
  });

  it('captures once for 10 requests at once under one key, with each answer lost', async ({
    paydesk,
    partner,
    authorize,
    notified,
  }) => {
    const { path, id } = await authorize();
    const fault = { method: 'POST', path: '/v1/payment_intents/*/capture', times: 1 } as const;
    paydesk.sandbox.faults.add({ ...fault, kinds: ['reset_after_effect'] });
    const capture = () => partner.post(`${path}/capture`, { amount: 500 }, { 'idempotency-key': 'race' });
    await Promise.all(Array.from({ length: 10 }, capture));
    paydesk.sandbox.faults.clear();
    await expect.poll(async () => (await capture()).status).toBe(200);
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ amount_received: 500 });
    expect(await notified(id)).toHaveLength(1);
  });

  it('lets only one of a capture and a cancellation happen', async ({ partner, authorize, notified }) => {
    const { path, id } = await authorize();
    const answers = await Promise.all([partner.post(`${path}/capture`, {}), partner.post(`${path}/cancel`)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const told = (await notified(id)).map(({ type }) => type);
    const expected =
      answers[0]?.status === 200 ? ['payment.succeeded'] : ['payment.canceled', 'payment.failed'];
    expect(told.sort()).toEqual(expected);
  });
});

describe('POST .../payments/:id/cancel', () => {
  it('releases what was authorized, records it, and notifies', async ({
    paydesk,
    partner,
    authorize,
    recorded,
    notified,
  }) => {
    const { path, id } = await authorize();
    const answer = await partner.post(`${path}/cancel`);
    expect(answer).toMatchObject({ status: 200, body: { stripe_payment_id: id, status: 'cancelled' } });
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
    });
    expect(await recorded(id)).toMatchObject({ status: 'FAILED' });
    expect((await notified(id)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['payment.canceled', 'payment.failed']),
    );
    expect((await partner.get(path)).body).toMatchObject({ status: 'cancelled' });
    expectProblem(await partner.post(`${path}/cancel`), 'invalid-state');
  });

  it('is 409 for a paid payment, which stays paid', async ({ partner, authorize }) => {
    const { path } = await authorize({ capture: 'automatic' });
    expectProblem(await partner.post(`${path}/cancel`), 'invalid-state');
    expect((await partner.get(path)).body).toMatchObject({ status: 'complete' });
  });

  it('cancels a payment that waits for authentication', async ({ paydesk, partner }) => {
    const user = someUser();
    const card = await attachCard(paydesk, partner, user, 'pm_card_authenticationRequired');
    const charge = { amount: '3000', description: 'Tea', stripe_payment_method_id: card };
    const { body } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
    const path = `/partners/user/${user}/payments/${body.paymentId}`;
    expect((await partner.post(`${path}/cancel`)).status).toBe(200);
    expect(await paydesk.stripe.paymentIntents.retrieve(body.paymentId)).toMatchObject({
      status: 'canceled',
    });
  });

  it('looks up what was done if Stripe fails', async ({ paydesk, partner, authorize, clock }) => {
    const { path } = await authorize();
    const fault = { method: 'POST', path: '/v1/payment_intents/*/cancel', times: 1 } as const;
    paydesk.sandbox.faults.add({ ...fault, kinds: ['error_after_effect'] });
    const cancel = () => partner.post(`${path}/cancel`, undefined, { 'idempotency-key': 'failed' });
    await cancel();
    clock.moveSeconds(STRIPE_SETTLES_SECONDS);
    await expect.poll(async () => (await cancel()).status).toBe(200);
  });
});

describe('POST .../payments/:id/refund', () => {
  it('refunds a part, and then the rest', async ({ paydesk, partner, authorize, recorded }) => {
    const { path, id } = await authorize({ capture: 'automatic' });
    expect(await partner.post(`${path}/refund`, { amount: '1000' })).toMatchObject({
      status: 201,
      body: {
        stripe_payment_id: id,
        stripe_refund_id: expect.stringMatching(/^re_/),
        status: 'succeeded',
        amount: '1000',
        currency: 'usd',
      },
    });
    const refund = () => partner.post(`${path}/refund`, {}, { 'idempotency-key': 'rest' });
    const rest = await refund();
    expect(rest).toMatchObject({ status: 201, body: { amount: '2000' } });
    expect((await refund()).body).toEqual(rest.body);
    const { data } = await paydesk.stripe.refunds.list({ payment_intent: id });
    expect(new Set(data.map(({ amount }) => amount))).toEqual(new Set([1000, 2000]));
    expect(await recorded(id)).toMatchObject({ amountRefunded: '30.00' });
  });

  it('refuses more than was paid, and what was only authorized', async ({ partner, authorize }) => {
    const paid = await authorize({ capture: 'automatic' });
    expectProblem(await partner.post(`${paid.path}/refund`, { amount: 3001 }), 'refund-not-possible');
    const authorized = await authorize();
    expectProblem(await partner.post(`${authorized.path}/refund`, {}), 'refund-not-possible');
  });
});

describe.each(ACTIONS)('%s of a payment', (action) => {
  it('of another user, another partner, or started by a service is unknown', async ({
    paydesk,
    partner,
    shop,
    authorize,
  }) => {
    const { user, path, id } = await authorize();
    const body = action === 'cancel' ? undefined : {};
    const others = `/partners/user/${someUser()}/payments/${id}/${action}`;
    expect(await partner.post(others, body)).toMatchObject(NOT_FOUND);
    const globex = await paydesk.partner('globex');
    expect(await globex.post(`${path}/${action}`, body)).toMatchObject(NOT_FOUND);
    const checkout = { amount: '5.00', userId: user, tenant: 'acme', ...redirects };
    const started = await shop.post('/pay', checkout);
    await payOnPage(started.body.redirectToUrl);
    const session = await paydesk.stripe.checkout.sessions.retrieve(started.body.paymentID);
    const ofService = `/partners/user/${user}/payments/${idOf(session.payment_intent)}`;
    expect((await partner.get(ofService)).status).toBe(200);
    expect(await partner.post(`${ofService}/${action}`, body)).toMatchObject(NOT_FOUND);
    expect(await paydesk.stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_capture' });
  });

  it('names an id that is none', async ({ partner }) => {
    const body = action === 'cancel' ? undefined : {};
    const answer = await partner.post(`/partners/user/${someUser()}/payments/nonsense/${action}`, body);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field: 'id' }]);
  });
});
