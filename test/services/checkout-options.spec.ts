import { describe, expect } from 'vitest';
import { idOf } from '#stripe/id-of.js';
import { expectProblem } from '../support/expect-problem.js';
import { payOnPage, redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

const MONTHLY = { amount: '5.00', interval: 'month' };

const it = paydeskTest()
  .extend(
    'pay',
    ({ shop }) =>
      (body: object) =>
        shop.post('/pay', { ...redirects, amount: '5.00', ...body }),
  )
  .extend('payRecurrent', ({ shop }) => (body: object) => {
    return shop.post('/pay/recurrent', { ...redirects, ...MONTHLY, ...body });
  })
  .extend('sessionOf', ({ paydesk }) => (answer: { body: { paymentID: string } }) => {
    return paydesk.stripe.checkout.sessions.retrieve(answer.body.paymentID);
  })
  .extend('statusOf', ({ shop }) => async (paymentID: string) => {
    return (await shop.get(`/status?paymentID=${paymentID}`)).body.status;
  });

describe('the options of a Checkout page', () => {
  it('are passed to Stripe', async ({ pay, sessionOf }) => {
    const answer = await pay({
      metadata: { order: '7', toString: 'kept' },
      customerEmail: 'jenny@example.com',
      locale: 'de',
      allowPromotionCodes: true,
      paymentMethods: ['card', 'link'],
    });
    expect(answer.status).toBe(201);
    expect(await sessionOf(answer)).toMatchObject({
      metadata: { order: '7', toString: 'kept', operation_id: expect.any(String) },
      customer_email: 'jenny@example.com',
      locale: 'de',
      allow_promotion_codes: true,
      allowed_payment_method_types: ['card', 'link'],
    });
  });

  it('have defaults', async ({ pay, sessionOf, clock }) => {
    const session = await sessionOf(await pay({}));
    expect(session).toMatchObject({
      customer_email: null,
      locale: null,
      allow_promotion_codes: null,
      allowed_payment_method_types: ['card'],
    });
    expect(session.expires_at).toBe(Math.floor(clock.now().getTime() / 1000) + 24 * 60 * 60);
  });

  it("give the caller's metadata to the payment", async ({ paydesk, pay, sessionOf }) => {
    const answer = await pay({ metadata: { order: '8' }, shopTransactionID: 'metadata-1' });
    await payOnPage(answer.body.redirectToUrl);
    const { payment_intent: intent } = await sessionOf(answer);
    expect((await paydesk.stripe.paymentIntents.retrieve(idOf(intent) ?? '')).metadata).toEqual({
      order: '8',
      operation_id: expect.any(String),
      paydesk_shop_transaction_id: 'metadata-1',
    });
  });

  it.for([30, 60, 1439, 1440])(
    'keep a page open for %i minutes',
    async (minutes, { pay, sessionOf, clock }) => {
      const { expires_at: expiresAt } = await sessionOf(await pay({ expiresInMinutes: minutes }));
      const seconds = expiresAt - Math.floor(clock.now().getTime() / 1000);
      expect(seconds).toBeGreaterThanOrEqual(minutes * 60);
      expect(seconds).toBeLessThanOrEqual(minutes * 60 + 60);
    },
  );

  it('leave all payment methods of the account to Stripe', async ({ pay, sessionOf }) => {
    const session = await sessionOf(await pay({ paymentMethods: 'dynamic' }));
    expect(session.allowed_payment_method_types).toBeNull();
    expect(session.payment_method_configuration_details).not.toBeNull();
  });

  it('name no payment method that the account does not have', async ({ pay }) => {
    expectProblem(await pay({ paymentMethods: ['oxxo'] }), 'payment-method-unusable');
  });

  it('start a subscription with a trial', async ({ paydesk, payRecurrent, sessionOf, clock }) => {
    const answer = await payRecurrent({ trialDays: 14, metadata: { plan: 'gold' } });
    await payOnPage(answer.body.redirectToUrl);
    const { subscription: id } = await sessionOf(answer);
    const subscription = await paydesk.stripe.subscriptions.retrieve(idOf(id) ?? '');
    expect(subscription).toMatchObject({ status: 'trialing', metadata: { plan: 'gold' } });
    expect(subscription.trial_end).toBe(Math.floor(clock.now().getTime() / 1000) + 14 * 24 * 60 * 60);
  });

  it('only authorize a payment', async ({ paydesk, pay, sessionOf, statusOf }) => {
    const answer = await pay({ capture: 'manual' });
    await payOnPage(answer.body.redirectToUrl);
    const { payment_intent: intent } = await sessionOf(answer);
    expect(await paydesk.stripe.paymentIntents.retrieve(idOf(intent) ?? '')).toMatchObject({
      status: 'requires_capture',
      capture_method: 'manual',
    });
    expect(await statusOf(answer.body.paymentID)).toBe('PENDING');
  });

  it.for([
    ['metadata', { metadata: { paydesk_order: '1' } }],
    ['metadata', { metadata: { operation_id: '1' } }],
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 'v'])) }],
    ['metadata', { metadata: { card: '4242424242424242' } }],
    ['metadata', { metadata: ['a'] }],
    ['customerEmail', { customerEmail: 'nobody' }],
    ['customerEmail', { customerEmail: 'jenny@example.com', userId: someUser() }],
    ['locale', { locale: 'tlh' }],
    ['expiresInMinutes', { expiresInMinutes: 29 }],
    ['expiresInMinutes', { expiresInMinutes: 1441 }],
    ['expiresInMinutes', { expiresInMinutes: 30.5 }],
    ['expiresInMinutes', { expiresInMinutes: '60' }],
    ['allowPromotionCodes', { allowPromotionCodes: 'yes' }],
    ['paymentMethods', { paymentMethods: 'card' }],
    ['paymentMethods', { paymentMethods: [] }],
    ['paymentMethods', { paymentMethods: ['card', 'card'] }],
    ['paymentMethods', { paymentMethods: ['Card!'] }],
    ['allowDuplicate', { allowDuplicate: 1 }],
    ['capture', { capture: 'later' }],
  ] as const)('are refused with 400 naming %s: %o', async ([field, body], { paydesk, pay }) => {
    const callsBefore = paydesk.stripeCalls.length;
    const answer = await pay(body);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
  });

  it.for([
    ['a trial', 'body', '/pay', { trialDays: 14 }],
    ['a trial of no days', 'trialDays', '/pay/recurrent', { ...MONTHLY, trialDays: 0 }],
    ['a trial of three years', 'trialDays', '/pay/recurrent', { ...MONTHLY, trialDays: 1095 }],
    ['a capture', 'body', '/pay/recurrent', { ...MONTHLY, capture: 'manual' }],
  ] as const)('have %s only where it fits', async ([, field, path, body], { shop }) => {
    const answer = await shop.post(path, { ...redirects, amount: '5.00', ...body });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });
});
