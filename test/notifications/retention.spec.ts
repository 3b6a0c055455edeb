import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { query } from '../support/database.js';
import { addNotifications, deliverAll } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';

const PATH = '/notification-endpoints';
const DAY_HOURS = 24;
const UNREACHABLE = 'http://127.0.0.1:1/';

const it = paydeskTest({ workerByHand: true }).extend(
  'add',
  ({ paydesk, clock }) =>
    async (subject: string) => {
      const [id = ''] = await addNotifications(paydesk, clock, [{ subject }]);
      return id;
    },
);

describe('notifications older than 90 days', () => {
  it('are deleted with their deliveries, and the numbers of their subjects go on', async ({
    paydesk,
    clock,
    shop,
    add,
  }) => {
    const endpoint = (await shop.post(PATH, { url: UNREACHABLE })).body.id;
    const subject = randomUUID();
    const id = await add(subject);
    await deliverAll(paydesk);
    await shop.patch(`${PATH}/${endpoint}`, { enabled: false });
    clock.moveHours(90 * DAY_HOURS);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).body.deliveries).toMatchObject([{ state: 'failed' }]);
    clock.moveSeconds(1);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).status).toBe(404);
    const ofIt = 'select from notification_deliveries where notification_id = $1';
    expect(await query(paydesk, ofIt, [id])).toEqual([]);
    await add(subject);
    const { body } = await shop.get(`/notifications?subject=${subject}`);
    expect(body.data).toMatchObject([{ sequence: 2 }]);
    await shop.delete(`${PATH}/${endpoint}`);
  });

  it('are kept while a delivery is pending at an endpoint that is switched on', async ({
    paydesk,
    clock,
    shop,
    add,
  }) => {
    const endpoint = (await shop.post(PATH, { url: UNREACHABLE })).body.id;
    const id = await add(randomUUID());
    await deliverAll(paydesk);
    clock.moveHours(91 * DAY_HOURS);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).body.deliveries).toMatchObject([{ state: 'pending' }]);
    await shop.patch(`${PATH}/${endpoint}`, { enabled: false });
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).status).toBe(404);
    await shop.delete(`${PATH}/${endpoint}`);
  });

  it('are kept until they have a position', async ({ paydesk, clock, shop, add }) => {
    const id = await add(randomUUID());
    clock.moveHours(91 * DAY_HOURS);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).status).toBe(200);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications/${id}`)).status).toBe(404);
  });

  it('are deleted in batches', async ({ paydesk, clock, shop }) => {
    const subject = randomUUID();
    await addNotifications(
      paydesk,
      clock,
      Array.from({ length: 1_001 }, () => ({ subject })),
    );
    await shop.get(`/notifications?subject=${subject}`);
    clock.moveHours(91 * DAY_HOURS);
    await paydesk.pruneNotifications();
    expect((await shop.get(`/notifications?subject=${subject}`)).body.data).toEqual([]);
  });
});
