import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { query } from '../support/database.js';
import { addNotifications } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startReceiver } from '../support/receiver.js';

const PATH = '/notification-endpoints';
const ENDPOINTS = 34;
/** Those of an endpoint and of a caller that may run at once: docs/adr/0014. */
const ENDPOINT_MAX = 8;
const CALLER_MAX = 32;

/** Those of all endpoints that fail. */
const FAILING_MAX = 192;

// An attempt lasts longer than the test, so that each request to a receiver that hangs is one that still runs.
const it = paydeskTest({ environment: { NOTIFICATION_TIMEOUT_MS: '60000' } });

it('a caller with many receivers that hang delays no other caller', async ({ paydesk, clock }) => {
  const warnings: Error[] = [];
  process.on('warning', (warning) => warnings.push(warning));
  const [dead, alive] = [await startReceiver(), await startReceiver()];
  dead.answer = () => undefined;
  const [slow, quick] = [await paydesk.service('slow'), await paydesk.service('quick')];
  for (let index = 0; index < ENDPOINTS; index += 1) await slow.post(PATH, { url: `${dead.url}?${index}` });
  await quick.post(PATH, { url: alive.url });

  const subjects = Array.from({ length: 20 }, () => randomUUID());
  const add = () =>
    addNotifications(
      paydesk,
      clock,
      subjects.map((subject) => ({ subject })),
    );
  await add();
  await expect.poll(() => dead.received.length).toBe(CALLER_MAX);
  await expect.poll(() => alive.received.length).toBe(subjects.length);
  await add();
  await expect.poll(() => alive.received.length).toBe(2 * subjects.length);
  expect(dead.received).toHaveLength(CALLER_MAX);
  for (const { url } of dead.received) {
    const ofEndpoint = dead.received.filter((request) => request.url === url);
    expect(ofEndpoint.length).toBeLessThanOrEqual(ENDPOINT_MAX);
  }
  expect(warnings).toEqual([]);
  await Promise.all([dead.close(), alive.close()]);
});

it('many callers whose receivers fail leave places to the others', async ({ paydesk, clock }) => {
  const dead = await startReceiver();
  dead.answer = () => undefined;
  for (let caller = 0; caller * CALLER_MAX <= FAILING_MAX; caller += 1) {
    const service = await paydesk.service(`failing-${caller}`);
    await Promise.all(
      Array.from({ length: CALLER_MAX }, (_, index) =>
        service.post(PATH, { url: `${dead.url}?${caller}-${index}` }),
      ),
    );
  }
  await query(paydesk, 'update notification_endpoints set failing_since = now()');
  const alive = await startReceiver();
  await (await paydesk.service('working')).post(PATH, { url: alive.url });

  await addNotifications(paydesk, clock, [{ subject: randomUUID() }]);
  await expect.poll(() => dead.received.length).toBe(FAILING_MAX);
  await addNotifications(paydesk, clock, [{ subject: randomUUID() }]);
  await expect.poll(() => alive.received.length).toBe(2);
  expect(dead.received).toHaveLength(FAILING_MAX);
  await Promise.all([dead.close(), alive.close()]);
});
