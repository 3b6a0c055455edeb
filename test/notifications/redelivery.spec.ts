import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { addNotifications, deliverAll, type SomeFact } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { type Receiver, receiverFixture } from '../support/receiver.js';

const PATH = '/notification-endpoints';
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const DAY_HOURS = 24;

const it = paydeskTest({ workerByHand: true })
  .extend('receiver', receiverFixture)
  .extend('endpoint', async ({ shop, receiver }, { onCleanup }) => {
    const { body } = await shop.post(PATH, { url: receiver.url });
    onCleanup(async () => void (await shop.delete(`${PATH}/${body.id}`)));
    return body as { id: string };
  })
  .extend(
    'add',
    ({ paydesk, clock }) =>
      (...facts: SomeFact[]) =>
        addNotifications(paydesk, clock, facts),
  );

describe('a notification that is delivered again', () => {
  it('keeps its id, its sequence and its body', async ({ paydesk, shop, receiver, endpoint, add }) => {
    const subject = randomUUID();
    const [id] = await add({ subject }, { subject });
    await deliverAll(paydesk);
    const { status, body } = await shop.post(`/notifications/${id}/redeliver`);
    expect([status, body]).toEqual([202, { count: 1 }]);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 2, 1]);
    const [first, , again] = receiver.received;
    expect(again?.text).toBe(first?.text);
    expect(again?.headers['webhook-id']).toBe(id);
    expect((await shop.get(`/notifications/${id}`)).body.deliveries).toMatchObject([
      { endpointId: endpoint.id, state: 'delivered', attempts: [{ status: 204 }, { status: 204 }] },
    ]);
  });

  it('has all attempts again after it has failed', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    const subject = randomUUID();
    const [id] = await add({ subject });
    await deliverAll(paydesk);
    await query(paydesk, "update notification_deliveries set state = 'failed' where notification_id = $1", [
      id,
    ]);
    await query(paydesk, 'delete from notification_queues');
    await shop.post(`/notifications/${id}/redeliver`);
    await deliverAll(paydesk);
    receiver.answer = (_request, response) => void response.writeHead(204).end();
    clock.moveSeconds(6);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 1, 1]);
  });

  it('does not wait for first deliveries of its subject, nor do they wait for it', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    const subject = randomUUID();
    const [delivered] = await add({ subject });
    await deliverAll(paydesk);
    const stuck = { sequence: 2 };
    receiver.answer = (_request, response) => {
      response.writeHead(receiver.received.at(-1)?.body.sequence === stuck.sequence ? 500 : 204).end();
    };
    await add({ subject }, { subject });
    await deliverAll(paydesk);
    await shop.post(`/notifications/${delivered}/redeliver`);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 2, 1]);

    stuck.sequence = 1;
    await shop.post(`/notifications/${delivered}/redeliver`);
    await deliverAll(paydesk);
    clock.moveSeconds(6);
    await deliverAll(paydesk);
    // The redelivery fails twice.
    expect(sequencesOf(receiver, subject)).toEqual([1, 2, 1, 1, 2, 3, 1]);
  });

  it('is attempted now if it is still waiting, and keeps its place', async ({
    paydesk,
    shop,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    const subject = randomUUID();
    const [, second] = await add({ subject }, { subject });
    await deliverAll(paydesk);
    receiver.answer = (_request, response) => void response.writeHead(204).end();
    await shop.post(`/notifications/${second}/redeliver`);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 1, 2]);
  });

  it("goes to all of the caller's endpoints that are on and want it, and to no other caller's", async ({
    paydesk,
    shop,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    const other = await paydesk.service('other');
    const create = async (caller: typeof shop, name: string, options = {}) =>
      (await caller.post(PATH, { url: `${receiver.url}?${name}`, ...options })).body.id as string;
    const endpoints = [
      await create(shop, 'failed-only', { types: ['payment.failed'] }),
      await create(shop, 'both', { types: ['payment.failed', 'payment.succeeded'] }),
      await create(shop, 'off'),
    ];
    await create(other, 'another caller');
    await shop.patch(`${PATH}/${endpoints[2]}`, { enabled: false });
    const [id] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    const count = receiver.received.length;
    const urls: string[] = [];
    receiver.answer = ({ url = '' }, response) => {
      urls.push(url);
      response.end();
    };
    expect((await shop.post(`/notifications/${id}/redeliver`)).body).toEqual({ count: 2 });
    await deliverAll(paydesk);
    expect([count, urls.sort()]).toEqual([3, ['/hook', '/hook?both']]);
    await Promise.all(endpoints.map((each) => shop.delete(`${PATH}/${each}`)));
  });

  it("is one that the caller may see; another caller's is unknown", async ({ paydesk, add }) => {
    const own = await paydesk.service('own', {
      scopes: DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any'),
    });
    const [foreign] = await add({ subject: randomUUID(), caller: 'service:another' });
    for (const id of [foreign, UNKNOWN_ID]) {
      expectProblem(await own.post(`/notifications/${id}/redeliver`), 'not-found');
    }
  });
});

describe('the notifications of a time', () => {
  it('are delivered to an endpoint again, also those from when it was switched off', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    const subject = randomUUID();
    const addOne = async () => {
      await add({ subject });
      await deliverAll(paydesk);
      clock.moveSeconds(1);
    };
    await addOne();
    const since = clock.now().toISOString();
    await addOne();
    await shop.patch(`${PATH}/${endpoint.id}`, { enabled: false });
    await addOne();
    const until = clock.now().toISOString();
    await shop.patch(`${PATH}/${endpoint.id}`, { enabled: true });
    await addOne();
    expect(sequencesOf(receiver, subject)).toEqual([1, 2, 4]);
    const { status, body } = await shop.post(`${PATH}/${endpoint.id}/redeliver`, { since, until });
    expect([status, body]).toEqual([202, { count: 2 }]);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 2, 4, 2, 3]);
  });

  it('may be more than one batch', async ({ paydesk, clock, shop, endpoint, add }) => {
    const since = clock.now().toISOString();
    await add(...Array.from({ length: 1_001 }, () => ({ subject: randomUUID() })));
    clock.moveSeconds(1);
    const range = { since, until: clock.now().toISOString() };
    expect((await shop.post(`${PATH}/${endpoint.id}/redeliver`, range)).body).toEqual({ count: 1_001 });
    const rows = await query(
      paydesk,
      "select 1 from notification_deliveries where endpoint_id = $1 and state = 'pending'",
      [endpoint.id],
    );
    expect(rows).toHaveLength(1_001);
  });

  it('are refused for an endpoint that is switched off, and for a time that ends before it starts', async ({
    clock,
    shop,
    endpoint,
  }) => {
    const [since, until] = [clock.now().toISOString(), clock.now().toISOString()];
    clock.moveHours(DAY_HOURS);
    const path = `${PATH}/${endpoint.id}/redeliver`;
    const backwards = await shop.post(path, { since: clock.now().toISOString(), until });
    expect(backwards).toMatchObject({ status: 400, body: { errors: [{ field: 'until' }] } });
    for (const [body, field] of [
      [{ until }, 'since'],
      [{ since }, 'until'],
      [{ since: 'yesterday', until }, 'since'],
    ] as const) {
      expect(await shop.post(path, body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
    await shop.patch(`${PATH}/${endpoint.id}`, { enabled: false });
    expectProblem(await shop.post(path, { since, until }), 'invalid-state');
  });
});

function sequencesOf({ received }: Receiver, subject: string): number[] {
  return received.filter(({ body }) => body.subject === subject).map(({ body }) => body.sequence);
}
