import { request } from 'node:http';
import { describe, expect } from 'vitest';
import { redirects } from '../support/hosted-page.js';
import type { Paydesk } from '../support/paydesk.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

describe('user ids', () => {
  describe.each([
    ['with a slash', 'a/b='],
    ['with an umlaut', 'ü'],
    ['with braces', '{6F9619FF-8B86-D011-B42D-00C04FC964FF}'],
    ['with a pipe', 'auth0|5f7'],
    ['with what ends a path', '../x?y#z'],
    ['with a space and a percent sign', '50 %'],
    ['of three dots', '...'],
    ['of 255 characters', '\u{1f642}'.repeat(255)],
  ])('%s', (_what, userId) => {
    const encoded = encodeURIComponent(userId);

    it('names the same user in a token, a path and a body', async ({ paydesk, shop }) => {
      const user = await paydesk.user(userId);
      expect((await user.post('/payments/create-setup-intent')).status).toBe(201);
      const { status, body } = await shop.get(`/customers/${encoded}`);
      expect(status).toBe(200);
      const pay = await shop.post('/pay', { ...redirects, amount: '5.00', userId });
      expect(pay.status).toBe(201);
      const session = await paydesk.stripe.checkout.sessions.retrieve(pay.body.paymentID);
      expect(session.customer).toBe(body.stripeCustomerId);
    });

    it('names a user of a partner', async ({ paydesk, partner, shop }) => {
      expect((await partner.post(`/partners/user/${encoded}/setup_intent`)).status).toBe(201);
      const { status, body } = await shop.get(`/customers/${encoded}?tenant=acme`);
      expect(status).toBe(200);
      const { metadata } = (await paydesk.stripe.customers.retrieve(body.stripeCustomerId)) as {
        metadata: Record<string, string>;
      };
      expect(metadata['paydesk_user_id']).toBe(userId);
    });
  });

  it.for([
    ['.', '.'],
    ['..', '..'],
    ['256 characters', '\u{1f642}'.repeat(256)],
    ['a line feed', 'a\nb'],
    ['a C1 control character', 'a\u0085b'],
  ] as const)('refuses %s everywhere', async ([, userId], { paydesk, partner, shop }) => {
    const user = await paydesk.user(userId);
    expect((await user.get('/payments/payment-information')).status).toBe(401);
    expect(await shop.post('/pay', { ...redirects, amount: '5.00', userId })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'userId' }] },
    });
    for (const path of [`/customers/${escaped(userId)}`, `/partners/user/${escaped(userId)}/payments`]) {
      const caller = path.startsWith('/customers') ? shop : partner;
      expect(await statusOf(paydesk, path, caller.authorization)).toBe(400);
    }
  });

  it('refuses a lone surrogate', async ({ shop }) => {
    const body = JSON.stringify({ ...redirects, amount: '5.00', userId: 'a\ud800' });
    expect(await shop.post('/pay', body)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'userId' }] },
    });
  });
});

/** With every octet percent-encoded; `fetch` would drop `.` and `..`. */
function escaped(userId: string): string {
  return Buffer.from(userId).toString('hex').replaceAll(/../g, '%$&');
}

function statusOf(
  { url }: Paydesk,
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}
