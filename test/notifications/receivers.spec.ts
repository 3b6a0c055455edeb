import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import dns from 'node:dns/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { addNotifications, deliverAll, type SomeFact } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { type Receiver, receiverFixture } from '../support/receiver.js';

const PATH = '/notification-endpoints';
const KILOBYTE = 1024;
/** Far more than is read of an answer and what the buffers of a connection hold. */
const HUGE_BYTES = 64 * KILOBYTE * KILOBYTE;
const RETRY_SECONDS = 5;
const JITTERED_RETRY_SECONDS = RETRY_SECONDS + 1;
const DAY_HOURS = 24;

const it = paydeskTest({
  workerByHand: true,
  environment: { NOTIFICATION_TIMEOUT_MS: '300', NOTIFICATION_RETRY_SECONDS: String(RETRY_SECONDS) },
})
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
  )
  /** Attempts one delivery to a receiver that answers so. */
  .extend('deliverTo', ({ paydesk, shop, receiver, endpoint, add }) => async (answer: RequestListener) => {
    const responses: ServerResponse[] = [];
    receiver.answer = (request, response) => {
      responses.push(response);
      answer(request, response);
    };
    const [id] = await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    const { deliveries } = (await shop.get(`/notifications/${id}`)).body;
    expect(deliveries).toMatchObject([{ endpointId: endpoint.id, attempts: [{}] }]);
    const [{ state, attempts }] = deliveries;
    return { state, ...attempts[0], response: responses[0] as ServerResponse };
  });

describe('a receiver', () => {
  it.for<[string, RequestListener]>([
    ['does not answer', () => undefined],
    ['sends only headers', (_request, response) => response.writeHead(200).flushHeaders()],
    ['sends a byte at a time', (_request, response) => drip(response.writeHead(200))],
  ])(
    'that %s has failed after the deadline, and its connection is closed',
    async ([, answer], { deliverTo }) => {
      const { response, ...attempt } = await deliverTo(answer);
      expect(attempt).toMatchObject({ state: 'pending', status: null, answer: 'no complete answer in time' });
      await closeOf(response);
    },
  );

  it('whose answer has no end is read no further, and its connection is closed', async ({ deliverTo }) => {
    const { response, ...attempt } = await deliverTo((_request, endless) => flood(endless.writeHead(200)));
    expect(attempt).toMatchObject({ state: 'delivered', status: 200, answer: 'x'.repeat(KILOBYTE) });
    await closeOf(response);
    expect(response.writableLength).toBeLessThan(HUGE_BYTES);
  });

  it.for<[string, RequestListener]>([
    ['closes the connection', (_request, response) => void response.socket?.resetAndDestroy()],
    [
      'closes it within its answer',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 9 }).write('ok', () => response.socket?.destroy()),
    ],
  ])('that %s has failed', async ([, answer], { deliverTo }) => {
    expect(await deliverTo(answer)).toMatchObject({ state: 'pending', status: null, answer: 'ECONNRESET' });
  });

  it('that speaks no HTTP has failed', async ({ deliverTo }) => {
    const attempt = await deliverTo((_request, response) => response.socket?.end('SSH-2.0-receiver\r\n'));
    expect(attempt).toMatchObject({ state: 'pending', status: null, answer: 'HPE_INVALID_CONSTANT' });
  });

  it('is called again at the date of its Retry-After', async ({ paydesk, clock, receiver, deliverTo }) => {
    const date = new Date(clock.now().getTime() + 60_000).toUTCString();
    await deliverTo((_request, response) => response.writeHead(429, { 'retry-after': date }).end());
    receiver.answer = (_request, response) => response.writeHead(204).end();
    clock.moveSeconds(58);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(1);
    clock.moveSeconds(2);
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(2);
  });

  it.for(['soon', '-1', '1e3', '', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'is called again after the usual wait if its Retry-After is "%s"',
    async (retryAfter, { paydesk, clock, receiver, deliverTo }) => {
      await deliverTo((_request, response) => response.writeHead(503, { 'retry-after': retryAfter }).end());
      clock.moveSeconds(JITTERED_RETRY_SECONDS);
      await deliverAll(paydesk);
      expect(receiver.received).toHaveLength(2);
    },
  );

  it('gets the next notification of a subject once one has failed for the last time', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint: _endpoint,
    add,
  }) => {
    const subject = randomUUID();
    receiver.answer = (_request, response) => {
      response.writeHead(receiver.received.at(-1)?.body.sequence === 1 ? 500 : 204).end();
    };
    const [first] = await add({ subject }, { subject }, { subject });
    await deliverAll(paydesk);
    clock.moveSeconds(JITTERED_RETRY_SECONDS);
    await deliverAll(paydesk);
    expect(sequencesOf(receiver)).toEqual([1, 1, 2, 3]);
    expect((await shop.get(`/notifications/${first}`)).body.deliveries).toMatchObject([{ state: 'failed' }]);
  });
});

describe('an endpoint', () => {
  it('for which nothing was due for days is not switched off by its next failures', async ({
    paydesk,
    clock,
    shop,
    receiver,
    endpoint,
    add,
  }) => {
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    for (let time = 0; time < 2; time += 1) {
      clock.moveHours(6 * DAY_HOURS);
      await add({ subject: randomUUID() });
      await deliverAll(paydesk);
      clock.moveSeconds(JITTERED_RETRY_SECONDS);
      await deliverAll(paydesk);
    }
    expect(receiver.received).toHaveLength(4);
    expect((await shop.get(`${PATH}/${endpoint.id}`)).body.enabled).toBe(true);
  });

  it('is called at the address that its name had when that was checked', async ({
    paydesk,
    shop,
    receiver,
    add,
  }) => {
    // Nothing else can resolve this name: https://www.rfc-editor.org/rfc/rfc6761#section-6.2
    const lookup = vi.spyOn(dns, 'lookup').mockResolvedValue([{ address: '127.0.0.1', family: 4 }] as never);
    syncBuiltinESMExports();
    onTestFinished(() => {
      lookup.mockRestore();
      syncBuiltinESMExports();
    });
    const url = receiver.url.replace('127.0.0.1', 'receiver.test');
    const { id } = (await shop.post(PATH, { url })).body;
    await add({ subject: randomUUID() });
    await deliverAll(paydesk);
    expect(receiver.received).toHaveLength(1);
    await shop.delete(`${PATH}/${id}`);
  });
});

/** Writes a byte now and then, without an end. */
function drip(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write('.');
  setTimeout(() => drip(response), 20);
}

/** Writes as fast as it is read, without an end. */
function flood(response: ServerResponse): void {
  const write = () => {
    while (!response.destroyed && response.write('x'.repeat(16 * KILOBYTE)));
  };
  response.on('drain', write);
  write();
}

async function closeOf(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

function sequencesOf({ received }: Receiver): number[] {
  return received.map(({ body }) => body.sequence);
}
