import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { openDatabase } from '../../src/database/database.js';
import { Outbox } from '../../src/notifications/outbox.store.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
import type { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { addNotifications, deliverAll, type SomeFact } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { receiverFixture } from '../support/receiver.js';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

const it = paydeskTest({ workerByHand: true })
  .extend('receiver', receiverFixture)
  .extend(
    'add',
    ({ paydesk, clock }) =>
      (...facts: SomeFact[]) =>
        addNotifications(paydesk, clock, facts),
  );

describe('the list of notifications', () => {
  it('is in the order of commit: nothing appears behind a cursor', async ({ paydesk, clock, shop, add }) => {
    const run = randomUUID();
    const database = openDatabase(paydesk.databaseUrl, () => undefined);
    const outbox = new Outbox(clock, NO_TRACING);
    const owner = { tenant: null, userId: null, caller: null, paymentId: run };
    const fact = { type: 'payment.succeeded', at: clock.now(), data: {}, ...owner } as const;
    await database.transaction(async (transaction) => {
      await outbox.add(transaction, [{ ...fact, subject: `first to start ${run}` }]);
      // Another transaction starts later and commits earlier.
      await add({ subject: `first to commit ${run}`, paymentId: run });
      const { body } = await shop.get(`/notifications?paymentID=${run}`);
      expect(body.data.map(({ subject }: SomeFact) => subject)).toEqual([`first to commit ${run}`]);
    });
    await database.$client.end();
    const { data } = (await shop.get(`/notifications?paymentID=${run}`)).body;
    expect(data.map(({ subject }: SomeFact) => subject)).toEqual([
      `first to commit ${run}`,
      `first to start ${run}`,
    ]);
    const later = await shop.get(`/notifications?paymentID=${run}&since=${data[0].id}`);
    expect(later.body.data).toEqual([data[1]]);
  });

  it('has pages, filters and deliveries', async ({ paydesk, clock, shop, add }) => {
    const subject = randomUUID();
    const ids = await add({ subject }, { subject, type: 'payment.failed' }, { subject });
    const { body: first } = await shop.get(`/notifications?subject=${subject}&limit=2`);
    const { body: second } = await shop.get(
      `/notifications?subject=${subject}&limit=2&cursor=${first.nextCursor}`,
    );
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect([first.nextCursor, second.nextCursor]).toEqual([ids[1], null]);
    expect(await idsOf(shop, `subject=${subject}&type=payment.failed`)).toEqual([ids[1]]);
    clock.moveSeconds(1);
    const now = clock.now().toISOString();
    const endpoint = (await shop.post('/notification-endpoints', { url: 'http://127.0.0.1:1/' })).body.id;
    const [late] = await add({ subject });
    await deliverAll(paydesk);
    expect(await idsOf(shop, `subject=${subject}&since=${now}`)).toEqual([late]);
    expect(await idsOf(shop, `endpointId=${endpoint}&state=pending`)).toEqual([late]);
    expect(await idsOf(shop, `endpointId=${endpoint}&state=delivered`)).toEqual([]);
    const { body } = await shop.get(`/notifications/${late}`);
    const attempt = { at: now, status: null, durationMs: expect.any(Number), answer: 'ECONNREFUSED' };
    expect(body).toMatchObject({
      id: late,
      sequence: 4,
      deliveries: [{ endpointId: endpoint, state: 'pending', attempts: [attempt] }],
    });
    await shop.delete(`/notification-endpoints/${endpoint}`);
  });

  it('has 20 on a page by default', async ({ shop, add }) => {
    const subject = randomUUID();
    await add(...Array.from({ length: 21 }, () => ({ subject })));
    const { data, nextCursor } = (await shop.get(`/notifications?subject=${subject}`)).body;
    expect([data.length, nextCursor]).toEqual([20, data[19].id]);
  });

  it('starts at an instant, or after a notification', async ({ clock, shop, add }) => {
    const subject = randomUUID();
    const [first] = await add({ subject });
    const instant = clock.now().toISOString();
    clock.moveSeconds(1);
    const [second, third] = await add({ subject }, { subject });
    const later = clock.now().toISOString();
    const since = (value: string) => idsOf(shop, `subject=${subject}&since=${value}`);
    expect(await since(instant)).toEqual([first, second, third]);
    expect(await since(new Date(Date.parse(instant) + 1).toISOString())).toEqual([second, third]);
    expect(await since(later)).toEqual([second, third]);
    expect(await since(second ?? '')).toEqual([third]);
  });

  it('is restricted to a state of the own deliveries', async ({ paydesk, shop, receiver, add }) => {
    const other = await paydesk.service('other');
    const { id } = (await shop.post('/notification-endpoints', { url: receiver.url })).body;
    receiver.answer = (_request, response) => {
      response.writeHead(receiver.received.at(-1)?.body.type === 'payment.failed' ? 410 : 204).end();
    };
    const subject = randomUUID();
    const [delivered, failed] = await add({ subject }, { subject, type: 'payment.failed' });
    await deliverAll(paydesk);
    const inState = (state: string) => idsOf(shop, `subject=${subject}&state=${state}`);
    expect(await inState('delivered')).toEqual([delivered]);
    expect(await inState('failed')).toEqual([failed]);
    expect(await inState('pending')).toEqual([]);
    expect(await idsOf(shop, `endpointId=${id}`)).toEqual([delivered, failed]);
    expect(await idsOf(other, `endpointId=${id}`)).toEqual([]);
    expect(await idsOf(other, `subject=${subject}&state=delivered`)).toEqual([]);
    await shop.delete(`/notification-endpoints/${id}`);
  });

  it('has no secret that a receiver has answered', async ({ paydesk, shop, receiver, add }) => {
    const endpoint = (await shop.post('/notification-endpoints', { url: receiver.url })).body.id;
    receiver.answer = (_request, response) =>
      void response
        .writeHead(500)
        .end('no ann@mail.example, whsec_Planted, 4242 4242 4242 4242, sk_live_Planted');
    const [id = ''] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    const answer = 'no [email], [secret], [card], [key]';
    expect((await shop.get(`/notifications/${id}`)).body.deliveries).toMatchObject([
      { endpointId: endpoint, attempts: [{ status: 500, answer }] },
    ]);
    const rows = await query(paydesk, 'select attempts from notification_deliveries where endpoint_id = $1', [
      endpoint,
    ]);
    expect(rows).toMatchObject([{ attempts: [{ answer }] }]);
    await shop.delete(`/notification-endpoints/${endpoint}`);
  });

  it('has no part of a card number that crosses the end of what is kept of an answer', async ({
    paydesk,
    shop,
    receiver,
    add,
  }) => {
    const endpoint = (await shop.post('/notification-endpoints', { url: receiver.url })).body.id;
    const before = `${'x'.repeat(1009)} `;
    receiver.answer = (_request, response) =>
      void response.writeHead(500).end(`${before}4242424242424242 ${'y'.repeat(2000)}`);
    const [id = ''] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    const [{ attempts }] = (await shop.get(`/notifications/${id}`)).body.deliveries;
    expect(attempts[0].answer).toBe(`${before}[card] yyyyyyy`);
    await shop.delete(`/notification-endpoints/${endpoint}`);
  });

  it('has only what the caller may see', async ({ paydesk, add }) => {
    const scopes = DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any');
    const [own, acme] = [await paydesk.service('own', { scopes }), await paydesk.partner('acme')];
    const subject = randomUUID();
    const [ofOwn, ofAcme, other = ''] = await add(
      { subject, caller: 'service:own' },
      { subject, tenant: 'partner:acme' },
      { subject, tenant: 'partner:globex', caller: 'service:another' },
    );
    expect(await idsOf(own, `subject=${subject}`)).toEqual([ofOwn]);
    expect(await idsOf(acme, `subject=${subject}`)).toEqual([ofAcme]);
    for (const caller of [own, acme]) {
      for (const id of [other, UNKNOWN_ID])
        expectProblem(await caller.get(`/notifications/${id}`), 'not-found');
      const refused = await caller.get(`/notifications?cursor=${other}`);
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
    }
  });

  it.for([
    ['since=yesterday', 'since'],
    [`since=${UNKNOWN_ID}`, 'since'],
    ['type=payment.unknown', 'type'],
    ['state=done', 'state'],
    ['endpointId=1', 'endpointId'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['cursor=1', 'cursor'],
    [`cursor=${UNKNOWN_ID}`, 'cursor'],
    ['subject=', 'subject'],
    ['paymentID=', 'paymentID'],
    // Names that are not ours are never repeated.
    ['until=2026-11-22T00:00:00Z', 'query'],
  ])('refuses %s', async ([search, field], { shop }) => {
    const refused = await shop.get(`/notifications?${search}`);
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('names an id that is none', async ({ shop }) => {
    for (const refused of [
      await shop.get('/notifications/1'),
      await shop.post('/notifications/1/redeliver'),
    ]) {
      expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
    }
  });
});

async function idsOf(caller: Caller, search: string): Promise<string[]> {
  const { body } = await caller.get(`/notifications?${search}`);
  return body.data.map(({ id }: { id: string }) => id);
}
