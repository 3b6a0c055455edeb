import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { expectProblem } from '../support/expect-problem.js';
import { addNotifications, deliverAll } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';

const PATH = '/notification-endpoints';

const it = paydeskTest({
  workerByHand: true,
  environment: { NOTIFICATION_ALLOWED_NETWORKS: '10.11.12.0/24' },
});

describe('with networks that do not include loopback', () => {
  it('no notification is sent to a name that leads there', async ({ paydesk, clock, shop }) => {
    const { status, body } = await shop.post(PATH, { url: 'https://localhost:1/' });
    expect(status).toBe(201);
    const [id] = await addNotifications(paydesk, clock, [{ subject: randomUUID() }]);
    await deliverAll(paydesk);
    const answer = 'the address of the host is not allowed';
    expect((await shop.get(`/notifications/${id}`)).body.deliveries).toMatchObject([
      { endpointId: body.id, state: 'pending', attempts: [{ status: null, answer }] },
    ]);
  });

  it.for(['http://127.0.0.1:4000/', 'http://localhost:4000/', 'https://127.0.0.1/', 'https://[::1]/'])(
    'an endpoint may not be %s',
    async (url, { shop }) => {
      const refused = await shop.post(PATH, { url });
      expectProblem(refused, 'invalid-request');
      expect(refused.body.errors).toMatchObject([{ field: 'url' }]);
    },
  );

  it.for(['http://10.11.12.13/', 'https://10.11.12.13/'])('an endpoint may be %s', async (url, { shop }) => {
    expect((await shop.post(PATH, { url })).status).toBe(201);
  });
});
