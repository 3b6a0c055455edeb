import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { query, waitingForLocks } from '../support/database.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { eventOf, signatureOf, someEventId } from './stripe-event.js';

const SECRET = 'whsec_test';
const LONGEST_RETRY_SECONDS = 15 * 60 + 1;
const ATTEMPTS_MAX = 105;
const SET_ATTEMPTS = 'update event_targets set attempts = $2 where object_id = $1';
const TAKEN_OVER = 'Could not handle events; another attempt has taken them over';
const TRIED_AGAIN = 'Could not handle events; they are tried again';
const LOSE_LEASE = 'lease_id = gen_random_uuid()';

const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  /** The status of the response to an event. */
  .extend('post', ({ paydesk, clock }) => async (body: string) => {
    const signature = signatureOf(body, SECRET, Math.floor(clock.now().getTime() / 1000));
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    return (await fetch(`${paydesk.url}/webhooks/stripe`, { method: 'POST', headers, body })).status;
  })
  .extend('deliver', ({ post }) => async (type: string, objectId: string) => {
    const id = someEventId();
    expect(await post(eventOf(type, { id: objectId }, id))).toBe(200);
    return id;
  })
  .extend('stateOf', ({ paydesk }) => async (id: string) => {
    const [row] = await query(paydesk, 'select state from webhook_events where id = $1', [id]);
    return row?.state;
  })
  /** A customer about whom Stripe does not answer, with one event that was tried in vain. */
  .extend('unanswered', ({ paydesk, deliver }) => async () => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const path = `/v1/customers/${customer}`;
    paydesk.sandbox.faults.add({ path, kinds: ['error_before_effect'], share: 1 });
    const event = await deliver('customer.deleted', customer);
    const attempts = 'select attempts from event_targets where object_id = $1';
    await expect.poll(() => query(paydesk, attempts, [customer])).toEqual([{ attempts: 1 }]);
    return { customer, path, event };
  });

describe('the inbox', () => {
  it('fetches an object once for all events that wait for it', async ({
    paydesk,
    clock,
    deliver,
    stateOf,
    unanswered,
  }) => {
    const { customer, path, event } = await unanswered();
    const events = [event];
    for (const type of ['customer.updated', 'customer.deleted', 'customer.updated']) {
      events.push(await deliver(type, customer));
    }
    paydesk.sandbox.faults.clear();
    const before = paydesk.stripeCalls.length;
    clock.moveSeconds(LONGEST_RETRY_SECONDS);
    for (const id of events) await expect.poll(() => stateOf(id)).toBe('done');
    expect(paydesk.stripeCalls.slice(before)).toEqual([`GET ${path}`]);
  });

  it('handles events of other objects while one fails', async ({ paydesk, deliver, stateOf, unanswered }) => {
    const { event } = await unanswered();
    const { id: other } = await paydesk.stripe.customers.create({});
    const next = await deliver('customer.updated', other);
    await expect.poll(() => stateOf(next)).toBe('done');
    expect(await stateOf(event)).toBe('stored');
  });

  it('gives up after a day of failures, with an alert, until another event of the object arrives', async ({
    paydesk,
    clock,
    deliver,
    stateOf,
    unanswered,
  }) => {
    const { customer, event } = await unanswered();
    await query(paydesk, SET_ATTEMPTS, [customer, ATTEMPTS_MAX - 1]);
    clock.moveSeconds(LONGEST_RETRY_SECONDS);
    await expect.poll(() => stateOf(event)).toBe('dead');
    expect(paydesk.log.filter(({ target }) => target === `customer:${customer}`)).toContainEqual(
      expect.objectContaining({ msg: 'Events are dead', alert: true }),
    );
    expect(await query(paydesk, 'select id from event_targets where object_id = $1', [customer])).toEqual([]);

    paydesk.sandbox.faults.clear();
    const later = await deliver('customer.updated', customer);
    await expect.poll(() => stateOf(later)).toBe('done');
    expect(await stateOf(event)).toBe('done');
  });

  it('works on an object once at a time, and again if an event arrives meanwhile', async ({
    paydesk,
    deliver,
    stateOf,
  }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const { id: other } = await paydesk.stripe.customers.create({});
    const leases = `select lease_id from event_targets where object_id = $1 and lease_expires_at > 'epoch'`;
    const running = () => query(paydesk, leases, [customer]);
    paydesk.sandbox.faults.add({
      path: `/v1/customers/${customer}`,
      kinds: ['wait'],
      share: 1,
      waitMs: 60_000,
    });
    const first = await deliver('customer.updated', customer);
    await expect.poll(running).toHaveLength(1);
    const attempt = await running();
    const second = await deliver('customer.deleted', customer);
    // The worker takes what has been due for longest first: it has passed over the customer.
    const third = await deliver('customer.updated', other);
    await expect.poll(() => stateOf(third)).toBe('done');
    expect(await running()).toEqual(attempt);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['stored', 'stored']);

    const before = paydesk.stripeCalls.length;
    paydesk.sandbox.faults.clear();
    for (const id of [first, second]) await expect.poll(() => stateOf(id)).toBe('done');
    expect(paydesk.stripeCalls.slice(before)).toContain(`GET /v1/customers/${customer}`);
  });

  it('keeps what another instance has done from an attempt that has lost its lease', async ({
    paydesk,
    deliver,
    stateOf,
  }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const path = `/v1/customers/${customer}`;
    paydesk.sandbox.faults.add({ path, kinds: ['silence_before_effect'], share: 1 });
    const event = await deliver('customer.updated', customer);
    await expect.poll(() => paydesk.stripeCalls).toContain(`GET ${path}`);
    const byAnother = `
      with ended as (delete from event_targets where object_id = $1 returning id)
      update webhook_events set state = 'done' where target_id in (select id from ended)`;
    await query(paydesk, byAnother, [customer]);
    const failures = () => paydesk.log.filter(({ target }) => target === `customer:${customer}`);
    await expect.poll(failures).toHaveLength(1);
    expect(await stateOf(event)).toBe('done');
  });

  it.for([
    ['does not change', 'has lost its lease meanwhile', 1, LOSE_LEASE, 'dead', 1, TAKEN_OVER],
    [
      'does not change',
      'was the last one, and has lost its lease',
      ATTEMPTS_MAX - 1,
      LOSE_LEASE,
      'dead',
      1,
      TAKEN_OVER,
    ],
    ['changes', 'has its lease', 1, 'lease_expires_at = lease_expires_at', 'stored', 2, TRIED_AGAIN],
  ] as const)(
    '%s what another instance has done to an event, by an attempt that waits for it and %s',
    async ([, , tried, change, state, attempts, msg], { paydesk, clock, unanswered }) => {
      const { customer, event } = await unanswered();
      await query(paydesk, SET_ATTEMPTS, [customer, tried]);
      const other = new pg.Client(paydesk.databaseUrl);
      await other.connect();
      onTestFinished(() => other.end());
      await other.query('begin');
      await other.query("update webhook_events set state = 'dead' where id = $1", [event]);
      clock.moveSeconds(LONGEST_RETRY_SECONDS);
      await expect.poll(() => waitingForLocks(paydesk)).toBe(1);
      await other.query(`update event_targets set ${change} where object_id = $1`, [customer]);
      await other.query('commit');
      const failures = () => paydesk.log.filter(({ target }) => target === `customer:${customer}`);
      await expect.poll(failures).toHaveLength(2);
      expect(failures()[1]).toMatchObject({ msg });
      expect(failures()).not.toContainEqual(expect.objectContaining({ alert: true }));
      const found = await query(paydesk, 'select state, attempts from webhook_events where id = $1', [event]);
      expect(found).toEqual([{ state, attempts }]);
    },
  );

  it('stores all events that arrive at once, also copies and those of one object', async ({
    paydesk,
    post,
  }) => {
    const customers = await Promise.all([1, 2, 3].map(() => paydesk.stripe.customers.create({})));
    const before = paydesk.stripeCalls.length;
    const events = Array.from({ length: 30 }, (_, index) =>
      eventOf('customer.updated', { id: customers[index % 3]!.id }, someEventId()),
    );
    const answers = await Promise.all([...events, ...events.toReversed()].map(post));
    expect(new Set(answers)).toEqual(new Set([200]));
    const ids = events.map((event) => (JSON.parse(event) as { id: string }).id);
    const done = "select count(*)::int from webhook_events where state = 'done' and id = any ($1)";
    await expect.poll(() => query(paydesk, done, [ids])).toEqual([{ count: 30 }]);
    expect(paydesk.stripeCalls.length - before).toBeLessThan(30);
  });

  it('deletes events after 35 days', async ({ paydesk, clock, deliver, stateOf }) => {
    const id = await deliver('product.created', 'prod_1');
    clock.moveHours(34 * 24);
    await paydesk.pruneEvents();
    expect(await stateOf(id)).toBe('ignored');
    clock.moveHours(2 * 24);
    await paydesk.pruneEvents();
    expect(await stateOf(id)).toBeUndefined();
  });
});
