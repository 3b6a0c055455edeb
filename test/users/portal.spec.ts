import { describe, expect } from 'vitest';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { saveCard, someUser } from '../support/saved-card.js';
import { startSubscription } from '../support/subscription.js';
import { customerOfUser } from '../support/user-customer.js';

const returnUrl = 'https://example.com/account';

const it = paydeskTest()
  .extend('customerOf', ({ paydesk }) => async (userId: string) => {
    return customerOfUser(paydesk, await paydesk.user(userId));
  })
  /** The text of Stripe's page. */
  .extend('read', () => async (url: string) => (await fetch(url)).text());

describe('POST /payments/portal', () => {
  it('opens a page of the user’s customer, with a link back', async ({ paydesk, customerOf, read }) => {
    const userId = someUser();
    const customer = await customerOf(userId);
    await paydesk.stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    const { status, body } = await (await paydesk.user(userId)).post('/payments/portal', { returnUrl });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['url']);
    const page = await read(body.url);
    expect(page).toContain('4444');
    expect(page).toContain(returnUrl);
  });

  it('creates the customer of a user who has none', async ({ paydesk }) => {
    const user = await paydesk.user(someUser());
    expect((await user.post('/payments/portal', { returnUrl })).status).toBe(201);
  });

  it('opens one page for a key', async ({ paydesk }) => {
    const user = await paydesk.user(someUser());
    const key = { 'idempotency-key': 'portal-1' };
    const first = await user.post('/payments/portal', { returnUrl }, key);
    const second = await user.post('/payments/portal', { returnUrl }, key);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = await user.post('/payments/portal', { returnUrl: `${returnUrl}/2` }, key);
    expectProblem(other, 'idempotency-key-reused');
  });

  it.for([
    'https://evil.example/',
    'http://example.com/account',
    'https://example.com@evil.example/',
    'javascript:alert(1)',
    '//example.com',
  ])('never leads to %s', async (url, { paydesk }) => {
    const user = await paydesk.user(someUser());
    const before = paydesk.stripeCalls.length;
    const answer = await user.post('/payments/portal', { returnUrl: url });
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field: 'returnUrl' }]);
    expect(paydesk.stripeCalls).toHaveLength(before);
  });

  it('says that the portal has no settings yet', async ({ paydesk }) => {
    const user = await paydesk.user(someUser());
    // https://docs.stripe.com/customer-management/integrate-customer-portal
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/billing_portal/sessions',
      kinds: ['refuse'],
      times: 1,
      error: {
        status: 400,
        type: 'invalid_request_error',
        message:
          'No configuration provided and your live mode default configuration has not been created. Provide a ' +
          'configuration or create your default by saving your customer portal settings in live mode.',
      },
    });
    expectProblem(await user.post('/payments/portal', { returnUrl }), 'provider-misconfigured');
  });
});

describe('POST /portal', () => {
  it('opens a page for a partner’s user', async ({ paydesk, partner, shop, read }) => {
    const userId = someUser();
    await saveCard(paydesk, partner, userId, 'pm_card_amex');
    const { status, body } = await shop.post('/portal', { userId, tenant: 'acme', returnUrl });
    expect(status).toBe(201);
    expect(await read(body.url)).toContain('0005');
  });

  it('opens a page for one thing', async ({ paydesk, shop, customerOf, read }) => {
    const userId = someUser();
    await startSubscription(paydesk.stripe, {}, await customerOf(userId));
    for (const [flow, text] of [
      ['payment-method', /card/i],
      ['cancel', /cancel/i],
    ] as const) {
      const { status, body } = await shop.post('/portal', { userId, returnUrl, flow });
      expect(status).toBe(201);
      expect(await read(body.url)).toMatch(text);
    }
  });

  it('refuses a flow for which there is nothing to do', async ({ paydesk, shop, customerOf }) => {
    const userId = someUser();
    const customer = await customerOf(userId);
    const open = (flow: string) => shop.post('/portal', { userId, returnUrl, flow });
    expectProblem(await open('cancel'), 'invalid-state');
    const { id } = await startSubscription(paydesk.stripe, {}, customer);
    // The configuration of the portal offers no other plans.
    expectProblem(await open('update'), 'invalid-state');
    await paydesk.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expectProblem(await open('cancel'), 'invalid-state');
  });

  it.for([
    [{ returnUrl }, 'userId'],
    [{ userId: 'bob', returnUrl, flow: 'pay' }, 'flow'],
    [{ userId: 'bob' }, 'returnUrl'],
    [{ userId: 'bob', returnUrl: 'https://evil.example' }, 'returnUrl'],
  ] as const)('names what is wrong with %j', async ([body, field], { shop }) => {
    const answer = await shop.post('/portal', body);
    expectProblem(answer, 'invalid-request');
    expect(answer.body.errors).toMatchObject([{ field }]);
  });
});
