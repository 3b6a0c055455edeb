import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect } from 'vitest';
import { DEFAULT_SCOPES } from '#core/scope.js';
import type { Caller } from '../support/caller.js';
import { query } from '../support/database.js';
import { addNotifications, deliverAll, type SomeFact } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { type Received, type Receiver, receiverFixture } from '../support/receiver.js';
import { saveCard, someUser } from '../support/saved-card.js';

const PATH = '/notification-endpoints';
const HOUR_SECONDS = 3_600;
/** The waits of the default, and at most a tenth more. */
const WAITS_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400];

const it = paydeskTest({ workerByHand: true })
  .extend('receiver', receiverFixture)
  .extend('endpoint', async ({ shop, receiver }, { onCleanup }) => {
    const { body } = await shop.post(PATH, { url: receiver.url });
    onCleanup(async () => void (await shop.delete(`${PATH}/${body.id}`)));
    return body as { id: string; secret: string };
  })
  .extend(
    'add',
    ({ paydesk, clock }) =>
      (...facts: SomeFact[]) =>
        addNotifications(paydesk, clock, facts),
  );

describe('a delivery', () => {
  it('is signed as Standard Webhooks says', async ({ paydesk, clock, receiver, endpoint, add }) => {
    const subject = randomUUID();
    const [id] = await add({ subject, data: { payment: { amount: '5.00' } } });
    await deliverAll(paydesk);
    const [{ headers, text, body } = fail()] = receiver.received;
    expect(body).toEqual({
      id,
      type: 'payment.succeeded',
      timestamp: clock.now().toISOString(),
      subject,
      sequence: 1,
      data: { payment: { amount: '5.00' } },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id });
    expect(new Webhook(endpoint.secret).verify(text, signatureOf(headers))).toEqual(body);
    expect(() =>
      new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(text, signatureOf(headers)),
    ).toThrow('No matching signature found');
  });

  it('is signed with the previous secret too for 24 hours', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    const { secret } = (await shop.post(`${PATH}/${endpoint.id}/rotate-secret`)).body;
    clock.moveSeconds(24 * HOUR_SECONDS - 1);
    await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    clock.moveSeconds(1);
    await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    const [during = fail(), after = fail()] = receiver.received;
    const isValid = (key: string, { headers, text }: Received) =>
      signaturesOf(headers).includes(
        new Webhook(key).sign(String(headers['webhook-id']), signedAt(headers), text),
      );
    expect([isValid(endpoint.secret, during), isValid(secret, during)]).toEqual([true, true]);
    expect([isValid(endpoint.secret, after), isValid(secret, after)]).toEqual([false, true]);
  });

  it('is tried again after each wait, with the same id and body, and then fails', async ({
    paydesk,
    clock,
    receiver,
    endpoint,
    add,
  }) => {
    // Another one is delivered now and then, so that the endpoint is not switched off.
    receiver.answer = (_request, response) => void response.writeHead(500).end('no');
    const [id = ''] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    for (const seconds of WAITS_SECONDS) {
      const count = receiver.received.length;
      clock.moveSeconds(seconds - 1);
      await deliverAll(paydesk);
      expect(receiver.received).toHaveLength(count);
      clock.moveSeconds(1 + seconds / 10);
      await deliverAll(paydesk);
      expect(receiver.received).toHaveLength(count + 1);
    }
    clock.moveHours(30 * 24);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(11);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    expect(await stateOf(paydesk, id, endpoint.id)).toMatchObject({ state: 'failed', attempts: 11 });
  });

  it.for([200, 201, 202, 204, 299])(
    'is done with a %i',
    async (status, { paydesk, clock, receiver, endpoint, add }) => {
      receiver.answer = (_request, response) => void response.writeHead(status).end();
      const [id = ''] = await add({ subject: randomUUID() });
      await deliverAll(paydesk);
      clock.moveHours(1);
      await deliverAll(paydesk);
      expect(receiver.received).toHaveLength(1);
      expect(await stateOf(paydesk, id, endpoint.id)).toEqual({ state: 'delivered', attempts: 1 });
    },
  );

  it.for([301, 307, 400, 404, 500, 503])(
    'is tried again after a %i, and follows no redirect',
    async (status, { paydesk, clock, receiver, endpoint, add }) => {
      receiver.answer = ({ url }, response) => {
        if (url === '/elsewhere') throw new Error('redirected');
        response.writeHead(receiver.received.length === 1 ? status : 204, { location: '/elsewhere' }).end();
      };
      const [id = ''] = await add({ subject: randomUUID() });
      await deliverAll(paydesk);
      expect(receiver.received).toHaveLength(1);
      clock.moveSeconds(6);
      await deliverAll(paydesk);
      expect(await stateOf(paydesk, id, endpoint.id)).toEqual({ state: 'delivered', attempts: 2 });
    },
  );

  it('waits as long as Retry-After says, with all of the endpoint', async ({
    paydesk,
    clock,
    receiver,
    endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(429, { 'retry-after': '60' }).end();
    const [id = ''] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    await add({ subject: randomUUID() });
    receiver.answer = (_request, response) => void response.writeHead(204).end();
    clock.moveSeconds(59);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(1);
    clock.moveSeconds(1);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(3);
    expect(await stateOf(paydesk, id, endpoint.id)).toEqual({ state: 'delivered', attempts: 2 });
  });

  it('keeps the order within a subject, also after failures, and delays no other subject', async ({
    paydesk,
    clock,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    const [stuck, other] = [randomUUID(), randomUUID()];
    receiver.answer = (_request, response) => {
      const { body } = receiver.received.at(-1) ?? fail();
      response.writeHead(body.subject === stuck && clock.now() < end ? 500 : 204).end();
    };
    const end = new Date(clock.now().getTime() + 60_000);
    await add({ subject: stuck }, { subject: other }, { subject: stuck }, { subject: other });
    await add({ subject: stuck }, { subject: other });
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, other)).toEqual([1, 2, 3]);
    expect(sequencesOf(receiver, stuck)).toEqual([1]);
    clock.moveHours(1);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, stuck)).toEqual([1, 1, 2, 3]);
  });
});

describe('the timeline of a payment', () => {
  it('has what became of deliveries, also after they are deleted', async ({
    paydesk,
    clock,
    partner,
    shop,
    receiver,
    endpoint,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const charge = { amount: '3000', description: 'Visit', stripe_payment_method_id: card };
    const { headers } = await partner.post(`/partners/user/${user}/payment_intent`, charge);
    const id = headers.get('location')?.split('/').at(-1) ?? '';
    await deliverAll(paydesk);
    receiver.answer = (_request, response) => void response.writeHead(204).end();
    clock.moveSeconds(6);
    await deliverAll(paydesk);
    const [notification] = (await shop.get(`/notifications?paymentID=${id}`)).body.data;
    const told = {
      at: clock.now().toISOString(),
      kind: 'delivery',
      notificationId: notification.id,
      type: 'payment.succeeded',
      endpointId: endpoint.id,
      to: 'delivered',
    };
    const timeline = async () => (await shop.get(`/pay/payments/${id}`)).body.timeline;
    expect((await timeline()).at(-1)).toEqual(told);
    clock.moveHours(91 * 24);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${notification.id}`)).status).toBe(404);
    expect((await timeline()).at(-1)).toEqual(told);

    const [lost] = await addNotifications(paydesk, clock, [{ subject: id }]);
    await shop.get('/notifications');
    await shop.patch(`${PATH}/${endpoint.id}`, { enabled: false });
    expect((await timeline()).at(-1)).toMatchObject({ kind: 'delivery', notificationId: lost, to: 'failed' });
  });
});

describe('an endpoint', () => {
  it('that answers 410 is switched off, and what waits for it fails', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(410).end();
    const subject = randomUUID();
    const [, waiting = ''] = await add({ subject }, { subject });
    await deliverAll(paydesk);
    expect((await shop.get(`${PATH}/${endpoint.id}`)).body).toMatchObject({
      enabled: false,
      disabledReason: 'gone',
    });
    expect(await stateOf(paydesk, waiting, endpoint.id)).toEqual({ state: 'failed', attempts: 0 });
    await add({ subject });
    clock.moveHours(24);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(1);

    receiver.answer = (_request, response) => void response.writeHead(204).end();
    const { body } = await shop.patch(`${PATH}/${endpoint.id}`, { enabled: true });
    expect(body).toMatchObject({ enabled: true, disabledReason: null });
    await add({ subject });
    await deliverAll(paydesk);
    expect(sequencesOf(receiver, subject)).toEqual([1, 4]);
  });

  it('that receives nothing for five days while something is due is switched off, with an alert', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    for (let day = 0; day < 5; day += 1) {
      await add({ subject: randomUUID() });
      await deliverAll(paydesk);
      expect((await shop.get(`${PATH}/${endpoint.id}`)).body.enabled).toBe(true);
      clock.moveHours(24);
    }
    await deliverAll(paydesk);
    expect((await shop.get(`${PATH}/${endpoint.id}`)).body).toMatchObject({
      enabled: false,
      disabledReason: 'unreachable',
    });
    expect(paydesk.log).toContainEqual(
      expect.objectContaining({ alert: true, endpoint: endpoint.id, reason: 'unreachable' }),
    );
  });

  it('gets its types only, and those that its caller may see', async ({ paydesk, receiver, add }) => {
    const own = await paydesk.service('own', {
      scopes: DEFAULT_SCOPES.filter((scope) => scope !== 'payments:any'),
    });
    const all = await paydesk.service('all');
    const acme = await paydesk.partner('acme');
    const callers: Record<string, [Caller, object]> = {
      own: [own, {}],
      all: [all, {}],
      failed: [all, { types: ['payment.failed'] }],
      acme: [acme, {}],
    };
    for (const [name, [caller, options]] of Object.entries(callers)) {
      expect((await caller.post(PATH, { url: `${receiver.url}?${name}`, ...options })).status).toBe(201);
    }
    const got: string[] = [];
    receiver.answer = ({ url = '' }, response) => {
      got.push(`${receiver.received.at(-1)?.body.subject} -> ${url.split('?')[1]}`);
      response.end();
    };
    const run = randomUUID();
    await add(
      { subject: `of own ${run}`, caller: 'service:own' },
      { subject: `of another ${run}`, caller: 'service:another', type: 'payment.failed' },
      { subject: `of acme ${run}`, tenant: 'partner:acme', caller: 'partner:acme' },
      { subject: `of globex ${run}`, tenant: 'partner:globex', caller: 'partner:globex' },
    );
    await deliverAll(paydesk);
    expect(got.map((line) => line.replace(` ${run}`, '')).sort()).toEqual([
      'of acme -> acme',
      'of acme -> all',
      'of another -> all',
      'of another -> failed',
      'of globex -> all',
      'of own -> all',
      'of own -> own',
    ]);
  });

  it('of a caller whose keys are revoked gets nothing more', async ({ paydesk, receiver, add }) => {
    const leaving = await paydesk.service('leaving');
    await leaving.post(PATH, { url: receiver.url });
    await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    await query(paydesk, "update api_keys set revoked_at = now() where name = 'leaving'");
    await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(1);
  });

  it('of a service that loses `payments:any` gets no payments of others, nor those that are queued', async ({
    paydesk,
    shop,
    receiver,
    add,
  }) => {
    const losing = await paydesk.service('losing');
    const { id } = (await losing.post(PATH, { url: receiver.url })).body;
    const [own, foreign] = [randomUUID(), randomUUID()];
    const [queued = ''] = await add({ subject: foreign }, { subject: own, caller: 'service:losing' });
    await shop.get('/notifications');
    await query(
      paydesk,
      "update api_keys set scopes = array_remove(scopes, 'payments:any') where name = 'losing'",
    );
    await add({ subject: foreign });
    await deliverAll(paydesk);
    expect(receiver.received.map(({ body }) => body.subject)).toEqual([own]);
    expect(await stateOf(paydesk, queued, id)).toEqual({ state: 'failed', attempts: 0 });
  });

  it('that was switched off by another instance while more was queued gets nothing more', async ({
    paydesk,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    const [id = ''] = await add({ subject: randomUUID() });
    await shop.get('/notifications');
    await query(paydesk, 'update notification_endpoints set enabled = false where id = $1', [endpoint.id]);
    await deliverAll(paydesk);
    expect(receiver.received).toEqual([]);
    expect(await stateOf(paydesk, id, endpoint.id)).toEqual({ state: 'failed', attempts: 0 });
  });

  it('is tested with a notification of its own', async ({ paydesk, shop, receiver, endpoint }) => {
    await shop.patch(`${PATH}/${endpoint.id}`, { types: ['payment.failed'] });
    const other = (await shop.post(PATH, { url: `${receiver.url}?other` })).body;
    const { status, body } = await shop.post(`${PATH}/${endpoint.id}/test`);
    expect([status, body]).toEqual([202, expect.anything()]);
    await deliverAll(paydesk);
    expect(receiver.received.map((request) => request.body)).toEqual([
      expect.objectContaining({ id: body.notificationId, type: 'endpoint.test', sequence: 1 }),
    ]);
    await shop.delete(`${PATH}/${other.id}`);
  });
});

function fail(): never {
  throw new Error('nothing was received');
}

function sequencesOf({ received }: Receiver, subject: string): number[] {
  return received.filter(({ body }) => body.subject === subject).map(({ body }) => body.sequence);
}

function signatureOf(headers: Received['headers']) {
  return {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  };
}

function signaturesOf(headers: Received['headers']): string[] {
  return String(headers['webhook-signature']).split(' ');
}

function signedAt(headers: Received['headers']): Date {
  return new Date(Number(headers['webhook-timestamp']) * 1000);
}

async function stateOf(paydesk: Parameters<typeof query>[0], notificationId: string, endpointId: string) {
  const [row] = await query<{ state: string; attempts: number }>(
    paydesk,
    `select state, jsonb_array_length(attempts) as attempts from notification_deliveries
     where notification_id = $1 and endpoint_id = $2`,
    [notificationId, endpointId],
  );
  return row;
}
