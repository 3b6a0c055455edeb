import { describe, expect } from 'vitest';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

const returnUrl = redirects.successRedirect;

const it = paydeskTest()
  /** The Stripe customer of a user, by each way to name the tenant. */
  .extend('customersOf', ({ shop }) => async (userId: string, tenants: readonly (string | undefined)[]) => {
    const found = [];
    for (const tenant of tenants) {
      const query = tenant === undefined ? '' : `?tenant=${encodeURIComponent(tenant)}`;
      found.push((await shop.put(`/customers/${userId}${query}`, { name: 'Jenny' })).body.stripeCustomerId);
    }
    return found;
  });

describe('a tenant beside a user id', () => {
  it('is a name of a partner, or a full tenant as responses have it', async ({ paydesk, customersOf }) => {
    const userId = someUser();
    const [ofPartner, same] = await customersOf(userId, ['acme', 'partner:acme']);
    const [signedIn, alsoSignedIn] = await customersOf(userId, [undefined, 'issuer:paydesk']);
    expect(ofPartner).not.toBe(signedIn);
    expect([same, alsoSignedIn]).toEqual([ofPartner, signedIn]);
    expect(await paydesk.stripe.customers.retrieve(ofPartner)).toMatchObject({
      metadata: { paydesk_tenant: 'partner:acme' },
    });
  });

  it('is taken from a response for a page of the same user', async ({ paydesk, shop, customersOf }) => {
    const userId = someUser();
    const { body } = await shop.post('/pay', { ...redirects, amount: '5.00', userId, tenant: 'acme' });
    const { tenant } = (await shop.get(`/pay/payments/${body.paymentID}`)).body;
    expect(tenant).toBe('partner:acme');
    const [customer] = await customersOf(userId, [tenant]);
    const first = await paydesk.stripe.checkout.sessions.retrieve(body.paymentID);
    expect(first.customer).toBe(customer);
    const portal = await shop.post('/portal', { userId, tenant, returnUrl });
    expect(portal.status).toBe(201);
    const again = await shop.post('/pay', { ...redirects, amount: '5.00', userId, tenant });
    const session = await paydesk.stripe.checkout.sessions.retrieve(again.body.paymentID);
    expect(session.customer).toBe(customer);
  });

  it.for(['issuer:another', 'issuer:', 'partner:', 'partner:a/b', 'a/b'])(
    'is not %s',
    async (tenant, { paydesk, shop }) => {
      const userId = someUser();
      const path = `/customers/${userId}?tenant=${encodeURIComponent(tenant)}`;
      const callsBefore = paydesk.stripeCalls.length;
      const answers = [
        await shop.get(path),
        await shop.put(path, { name: 'Jenny' }),
        await shop.post(path.replace('?', '/unlink?')),
        await shop.post('/portal', { userId, tenant, returnUrl }),
        await shop.post('/pay', { ...redirects, amount: '5.00', userId, tenant }),
        await shop.post('/pay/recurrent', {
          ...redirects,
          amount: '5.00',
          interval: 'month',
          userId,
          tenant,
        }),
      ];
      for (const answer of answers) {
        expectProblem(answer, 'invalid-request');
        expect(answer.body.errors).toMatchObject([{ field: 'tenant' }]);
      }
      expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
    },
  );
});
