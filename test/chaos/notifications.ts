import { auditDeliveries, type WatchedEndpoint } from './audit-deliveries.js';
import { auditFacts, storedNotifications } from './audit-facts.js';
import type { Notification } from './notification.js';
import type { Bench } from './bench.js';
import { ANY_ORDER, settleEvents } from './events.js';
import { MixedPayments } from './mixed-payments.js';
import { untilDone } from './until-done.js';
import { expectNone, type Figure } from './verdict.js';

const SOME_TYPES = ['payment.succeeded', 'refund.succeeded', 'dispute.opened'];
const UNDELIVERED = `
  select notification_id from notification_deliveries where state = 'pending'
  union all select id from notifications where position is null`;
const FAILED = "select notification_id from notification_deliveries where state = 'failed'";

/** More than a notification needs if half of its attempts fail. */
export const MANY_RETRIES = Array.from({ length: 40 }, () => '1').join(',');

/** Makes payments while the receivers of their notifications fail half of the time: each gets all of its own, in order. */
export async function notifications(bench: Bench): Promise<Figure[]> {
  const payments = await MixedPayments.prepare(bench);
  const earlier = new Set((await storedNotifications(bench)).map(({ id }) => id));
  const isNew = ({ id }: Notification) => !earlier.has(id);
  const endpoints = [
    await watch(bench, payments.serviceKey, 'all', null, isNew),
    await watch(
      bench,
      payments.serviceKey,
      'some types',
      SOME_TYPES,
      (one) => isNew(one) && SOME_TYPES.includes(one.type),
    ),
    await watch(
      bench,
      payments.partnerKey,
      'partner',
      null,
      (one) => isNew(one) && one.tenant === payments.tenant,
    ),
  ];
  bench.registerWebhook();
  bench.stripe.webhooks.setBehaviour(ANY_ORDER);
  await payments.make(0, bench.options.requests);
  const inbox = await settleEvents(bench);
  endpoints.forEach(({ receiver }) => (receiver.isFaulty = false));
  await untilDone(
    bench,
    () => idsOf(bench, UNDELIVERED),
    (ids) => ids.length,
  );
  const stored = await storedNotifications(bench);
  return [
    ...inbox,
    ...auditFacts(bench, stored),
    expectNone('deliveries that were given up', await idsOf(bench, FAILED)),
    ...auditDeliveries(endpoints, stored),
  ];
}

/** Creates an endpoint whose receiver is faulty. */
async function watch(
  bench: Bench,
  key: string,
  name: string,
  types: readonly string[] | null,
  wants: (notification: Notification) => boolean,
): Promise<WatchedEndpoint> {
  const receiver = await bench.startReceiver(name);
  const { body, status } = await bench
    .client(key)
    .send({ name: `endpoint ${name}`, path: '/notification-endpoints', body: { url: receiver.url, types } });
  if (status !== 201) throw new Error(`no endpoint: ${status} ${JSON.stringify(body)}`);
  receiver.secret = String(body.secret);
  return { name, receiver, wants };
}

async function idsOf(bench: Bench, statement: string): Promise<string[]> {
  const rows = await bench.query<{ notification_id: string }>(statement);
  return rows.map(({ notification_id: id }) => id);
}
