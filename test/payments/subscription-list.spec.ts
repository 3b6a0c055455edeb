import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { someUser } from '../support/saved-card.js';

const OWN_PAYMENTS = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');

const it = paydeskTest({ workerByHand: true })
  .extend('offered', ({ shop }) => async (userId: string): Promise<string> => {
    const order = { amount: '5.00', interval: 'month', userId, ...redirects };
    return (await shop.post('/pay/recurrent', order)).body.paymentID;
  })
  .extend('list', ({ shop }) => async (search: string) => {
    const { status, body } = await shop.get(`/pay/subscriptions?${search}`);
    expect(status).toBe(200);
    return body.data;
  });

describe('the list of subscriptions', () => {
  it('pages through everything once, newest first', async ({ clock, offered, list, shop }) => {
    const userId = someUser();
    const offers: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      offers.unshift(await offered(userId));
      if (index % 2) clock.moveSeconds(1);
    }
    const idsOf = (rows: { paymentID: string }[]) => rows.map(({ paymentID }) => paymentID);
    expect(idsOf(await list(`userId=${userId}`))).toEqual(offers);
    for (const search of [`userId=${userId}`, 'status=PENDING', 'tenant=issuer:paydesk', '']) {
      const all = idsOf(await list(`${search}&limit=100`));
      const paged: string[] = [];
      let cursor = '';
      do {
        const { body } = await shop.get(`/pay/subscriptions?${search}&limit=2${cursor}`);
        paged.push(...idsOf(body.data));
        cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor);
      expect(paged).toEqual(all);
      expect(paged).toEqual(expect.arrayContaining(offers));
    }
  });

  it('is restricted by user, tenant and status', async ({ paydesk, offered, list }) => {
    const userId = someUser();
    const [first, second] = [await offered(userId), await offered(userId)];
    await query(paydesk, `update payment_subscriptions set status = 'EXPIRED' where session_id = $1`, [
      first,
    ]);
    expect(await list(`userId=${userId}&status=EXPIRED`)).toMatchObject([{ paymentID: first }]);
    expect(await list(`userId=${userId}&tenant=issuer:paydesk&status=PENDING`)).toMatchObject([
      { paymentID: second },
    ]);
    expect(await list('status=EXPIRED&tenant=issuer:paydesk')).toMatchObject([{ paymentID: first }]);
    expect(await list(`userId=${userId}&tenant=acme`)).toEqual([]);
    expect(await list('tenant=nobody')).toEqual([]);
  });

  it('shows a service without payments:any its own subscriptions only', async ({ paydesk, shop }) => {
    const [own, rival] = [
      await paydesk.service('own', { scopes: OWN_PAYMENTS }),
      await paydesk.service('rival', { scopes: OWN_PAYMENTS }),
    ];
    const order = { amount: '5.00', interval: 'month', ...redirects };
    const { paymentID: id } = (await own.post('/pay/recurrent', order)).body;
    const lists = await Promise.all([own, rival].map((service) => service.get('/pay/subscriptions')));
    expect(lists.map(({ body: { data } }) => data.length)).toEqual([1, 0]);
    expect((await own.get(`/pay/subscriptions/${id}`)).status).toBe(200);
    expect((await shop.get(`/pay/subscriptions/${id}`)).status).toBe(200);
    expectProblem(await rival.get(`/pay/subscriptions/${id}`), 'not-found');
    const page = await rival.get(`/pay/subscriptions?cursor=${id}`);
    expect(page.body.errors).toEqual([{ field: 'cursor', message: expect.any(String) }]);
  });

  it.for([
    ['status=active', 'status'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['cursor=1', 'cursor'],
    ['cursor=sub_unknown', 'cursor'],
    ['userId=', 'userId'],
    ['tenant=', 'tenant'],
    // Names that are not ours are never repeated.
    ['colour=red', 'query'],
  ] as const)('refuses %s, naming %s', async ([search, field], { shop }) => {
    const { status, body } = await shop.get(`/pay/subscriptions?${search}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
  });

  it('does not know the id of another kind of object', async ({ shop }) => {
    expectProblem(await shop.get('/pay/subscriptions/sub_unknown'), 'not-found');
    expect((await shop.get('/pay/subscriptions/pi_1')).status).toBe(400);
  });
});
