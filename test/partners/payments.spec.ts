import { describe, expect } from 'vitest';
import { saveCard, someUser } from '../support/saved-card.js';
import { paydeskTest } from '../support/paydesk-test.js';

const it = paydeskTest();

describe('GET /partners/user/:user_id/payments', () => {
  const user = someUser();
  const path = `/partners/user/${user}/payments`;
  const ids: string[] = [];

  it.beforeAll(async ({ paydesk, partner }) => {
    const card = await saveCard(paydesk, partner, user);
    for (const amount of ['1000', '2000', '3000']) {
      const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, {
        amount,
        description: `for ${amount}`,
        stripe_payment_method_id: card,
      });
      ids.unshift(headers.get('location')?.split('/').at(-1) ?? '');
    }
  });

  it('lists the payments, newest first, with the fields of the contract', async ({ partner }) => {
    const { status, body, headers } = await partner.get(path);
    expect(status).toBe(200);
    expect(headers.has('link')).toBe(false);
    expect(body).toEqual(
      ['3000', '2000', '1000'].map((amount, index) => ({
        date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        description: `for ${amount}`,
        amount,
        status: 'complete',
        stripe_payment_id: ids[index],
      })),
    );
  });

  it('links to the next page in its Link header', async ({ partner }) => {
    const seen: string[] = [];
    let next: string | undefined = `${path}?limit=2`;
    while (next) {
      const { body, headers } = await partner.get(next);
      seen.push(...body.map((payment: { stripe_payment_id: string }) => payment.stripe_payment_id));
      next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(ids);
  });

  it('shows one payment', async ({ partner }) => {
    const { status, body } = await partner.get(`${path}/${ids[0]}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ amount: '3000', stripe_payment_id: ids[0] });
  });

  it.for([
    ['another partner', 'rival'],
    ['another user of the partner', 'acme'],
  ] as const)(
    'neither shows a payment to %s nor accepts it as a cursor',
    async ([_who, tenant], { paydesk }) => {
      const other = `/partners/user/${someUser()}/payments`;
      const rival = await paydesk.partner(tenant);
      expect((await rival.get(`${other}/${ids[0]}`)).status).toBe(404);
      const { status, body } = await rival.get(`${other}?starting_after=${ids[0]}`);
      expect({ status, errors: body.errors }).toEqual({
        status: 404,
        errors: [{ field: 'starting_after', message: 'no such object' }],
      });
    },
  );

  it('is empty for a user without a customer', async ({ partner }) => {
    const { status, body } = await partner.get(`/partners/user/${someUser()}/payments`);
    expect({ status, body }).toEqual({ status: 200, body: [] });
  });

  it.for(['0', '101', '1e1', '01', '-1', '1.0', '', 'x'])('refuses limit=%s', async (limit, { partner }) => {
    const { status, body } = await partner.get(`${path}?limit=${limit}`);
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'limit' });
  });
});
