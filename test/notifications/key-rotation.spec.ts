import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { settingsFrom } from '../../src/config/settings.js';
import { query } from '../support/database.js';
import { addNotifications } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { receiverFixture } from '../support/receiver.js';
import { startSecondInstance } from '../support/second-instance.js';

const KEY = Buffer.alloc(32, 'first').toString('base64');
const OTHER_KEY = Buffer.alloc(32, 'second').toString('base64');

const it = paydeskTest({ workerByHand: true, environment: { ENCRYPTION_KEY: KEY } })
  .extend('receiver', receiverFixture)
  /** Another instance of the service, with these keys. */
  .extend('startWith', ({ paydesk, clock }) => (...keys: string[]) => {
    const { DATA_DIR } = paydesk.settings;
    const settings = settingsFrom({ LOG_LEVEL: 'warn', DATA_DIR, ENCRYPTION_KEY: keys.join(',') });
    return startSecondInstance({ ...paydesk, settings }, clock);
  });

it('an endpoint is delivered to after ENCRYPTION_KEY was rotated and its old key was removed', async ({
  paydesk,
  clock,
  shop,
  receiver,
  startWith,
}) => {
  const { id, secret: previous } = (await shop.post('/notification-endpoints', { url: receiver.url })).body;
  const { secret } = (await shop.post(`/notification-endpoints/${id}/rotate-secret`)).body;
  const rotated = await startWith(OTHER_KEY, KEY);
  await rotated.renewEndpointSecrets();
  const stored = () => query(paydesk, 'select secret, previous_secret from notification_endpoints');
  const renewed = await stored();
  await rotated.renewEndpointSecrets();
  expect(await stored()).toEqual(renewed);
  await rotated.close();

  const other = await startWith(OTHER_KEY);
  await addNotifications(paydesk, clock, [{ subject: randomUUID() }]);
  while (await other.deliverNext());
  await other.close();
  const [{ headers, text } = expect.fail('nothing was delivered')] = receiver.received;
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signatures = String(headers['webhook-signature']).split(' ');
  for (const key of [secret, previous]) {
    expect(signatures).toContain(new Webhook(key).sign(String(headers['webhook-id']), sentAt, text));
  }
});

it('an endpoint whose key is lost keeps its secret, for when the key is back', async ({
  paydesk,
  shop,
  receiver,
  startWith,
}) => {
  const { id } = (await shop.post('/notification-endpoints', { url: receiver.url })).body;
  const stored = () => query(paydesk, 'select secret from notification_endpoints where id = $1', [id]);
  const before = await stored();
  const other = await startWith(OTHER_KEY);
  await other.renewEndpointSecrets();
  await other.close();
  expect(await stored()).toEqual(before);
});
