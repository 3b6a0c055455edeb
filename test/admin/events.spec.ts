import pg from 'pg';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { settingsFrom } from '../../src/config/settings.js';
import { query } from '../support/database.js';
import { expectProblem } from '../support/expect-problem.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { startSecondInstance } from '../support/second-instance.js';
import { stopTimers } from '../support/stopped-timers.js';
import { eventOf, signatureOf } from '../webhooks/stripe-event.js';

const SECRET = 'whsec_test';
const HOURS_OF_30_DAYS = 30 * 24;
const MINUTE_SECONDS = 60;
const LONGEST_RETRY_SECONDS = 15 * MINUTE_SECONDS + 1;
const ATTEMPTS_MAX = 105;

// The sandbox has no endpoint, so no event arrives by itself.
const it = paydeskTest({ environment: { STRIPE_WEBHOOK_SECRET: SECRET } })
  .extend('admin', { scope: 'file' }, ({ paydesk }) =>
    paydesk.service('admin', { scopes: ['events:read', 'events:manage'] }),
  )
  .extend(
    'health',
    ({ admin }) =>
      async () =>
        (await admin.get('/admin/events/health')).body,
  )
  .extend('stateOf', ({ paydesk }) => async (id: string) => {
    const [row] = await query(paydesk, 'select state from webhook_events where id = $1', [id]);
    return row?.state;
  })
  /** Has something happen at Stripe; returns the id of its event. */
  .extend('happen', ({ paydesk }) => async (testClock?: string) => {
    const { stripe } = paydesk;
    const { id } = await stripe.customers.create(testClock ? { test_clock: testClock } : {});
    await stripe.customers.update(id, { name: 'Ann' });
    const { data } = await stripe.events.list({ type: 'customer.updated' });
    const event = data.find(({ data: { object } }) => 'id' in object && object.id === id);
    return { event: event?.id ?? '', customer: id };
  })
  .extend('deliver', ({ paydesk, clock }) => async (id: string, type: string, objectId: string) => {
    const body = eventOf(type, { id: objectId }, id);
    const signature = signatureOf(body, SECRET, Math.floor(clock.now().getTime() / 1000));
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    const { status } = await fetch(`${paydesk.url}/webhooks/stripe`, { method: 'POST', headers, body });
    expect(status).toBe(200);
  });

describe('an instance', () => {
  it('walks the events when it starts, and again at an interval', async ({
    paydesk,
    clock,
    happen,
    health,
    stateOf,
  }) => {
    const { DATA_DIR, LOG_LEVEL } = paydesk.settings;
    const startWith = (seconds: string) => {
      const settings = settingsFrom({ DATA_DIR, LOG_LEVEL, EVENTS_WALK_SECONDS: seconds });
      return startSecondInstance({ ...paydesk, settings }, clock);
    };
    const { event } = await happen();
    const second = await startWith('3600');
    await expect.poll(() => stateOf(event)).toBe('done');
    await second.close();

    onTestFinished(stopTimers(['setInterval']));
    clock.moveSeconds(1);
    const third = await startWith('10');
    onTestFinished(third.close);
    await expect.poll(async () => (await health()).lastWalkAt).toBe(clock.now().toISOString());
    const { event: later } = await happen();
    vi.advanceTimersByTime(10_000);
    await expect.poll(() => stateOf(later)).toBe('done');
  });
});

describe('the walk of events', () => {
  it('handles and counts what never arrived, until it arrives', async ({
    paydesk,
    happen,
    health,
    stateOf,
    deliver,
  }) => {
    const { missed } = await health();
    const { event, customer } = await happen();
    await paydesk.walkEvents();
    await expect.poll(() => stateOf(event)).toBe('done');
    await paydesk.walkEvents();
    expect(await health()).toMatchObject({ missed: missed + 1, lagSeconds: 0, backfillNeeded: false });
    await deliver(event, 'customer.updated', customer);
    expect(await health()).toMatchObject({ missed });
  });

  it('is not moved by the times of test clocks', async ({ paydesk, clock, happen, stateOf }) => {
    const frozen_time = Math.floor(clock.now().getTime() / 1000) + 300 * 24 * 60 * 60;
    const { id: testClock } = await paydesk.stripe.testHelpers.testClocks.create({ frozen_time });
    const { event: ofTestClock } = await happen(testClock);
    await paydesk.walkEvents();
    await expect.poll(() => stateOf(ofTestClock)).toBe('done');
    clock.moveSeconds(60);
    const { event } = await happen();
    await paydesk.walkEvents();
    await expect.poll(() => stateOf(event)).toBe('done');
  });

  it('goes on from the last complete one', async ({ paydesk, clock, happen, health, stateOf }) => {
    const { event } = await happen();
    const { lastWalkAt } = await health();
    paydesk.sandbox.faults.add({ path: '/v1/events', kinds: ['error_before_effect'], share: 1 });
    clock.moveHours(5);
    await paydesk.walkEvents();
    expect(await health()).toMatchObject({ lastWalkAt });
    paydesk.sandbox.faults.clear();
    clock.moveHours(5);
    await paydesk.walkEvents();
    await expect.poll(() => stateOf(event)).toBe('done');
    expect(await health()).toMatchObject({ lastWalkAt: clock.now().toISOString() });
  });

  it('reaches ten minutes behind the start of the last one', async ({ paydesk, clock, happen, stateOf }) => {
    const { event } = await happen();
    clock.moveSeconds(9 * MINUTE_SECONDS);
    await paydesk.walkEvents();
    // As if Stripe had listed it only now.
    await query(paydesk, 'delete from webhook_events where id = $1', [event]);
    clock.moveSeconds(MINUTE_SECONDS);
    await paydesk.walkEvents();
    await expect.poll(() => stateOf(event)).toBe('done');
  });

  it('is left to another instance that walks', async ({ paydesk }) => {
    const other = new pg.Client(paydesk.databaseUrl);
    await other.connect();
    const before = paydesk.stripeCalls.length;
    try {
      await other.query('select pg_advisory_lock(7215332)');
      await paydesk.walkEvents();
      expect(paydesk.stripeCalls.slice(before)).toEqual([]);
    } finally {
      await other.end();
    }
    await expect
      .poll(async () => {
        await paydesk.walkEvents();
        return paydesk.stripeCalls.slice(before);
      })
      .toContain('GET /v1/events');
  });
});

describe('GET /admin/events', () => {
  it('shows what became of events, newest first', async ({ admin, clock, deliver, paydesk, stateOf }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    await deliver('evt_done', 'customer.updated', customer);
    await expect.poll(() => stateOf('evt_done')).toBe('done');
    clock.moveSeconds(1);
    await deliver('evt_foreign', 'customer.updated', 'cus_foreign');
    await expect.poll(() => stateOf('evt_foreign')).toBe('ignored');
    clock.moveSeconds(1);
    await deliver('evt_ignored', 'product.created', 'prod_1');

    const first = (await admin.get('/admin/events?limit=2')).body;
    expect(first.data).toMatchObject([
      { id: 'evt_ignored', lastError: 'nobody handles this type' },
      { id: 'evt_foreign', lastError: 'Stripe does not know the object of this event' },
    ]);
    const { body: second } = await admin.get(`/admin/events?limit=1&cursor=${first.nextCursor}`);
    const receivedAt = new Date(clock.now().getTime() - 2_000).toISOString();
    const done = { type: 'customer.updated', objectId: customer, state: 'done', attempts: 0, receivedAt };
    expect(second.data).toEqual([{ id: 'evt_done', ...done, lastError: null }]);
    const { body: dead } = await admin.get('/admin/events?state=dead');
    expect(dead).toEqual({ data: [], nextCursor: null });
    const { body: ignored } = await admin.get('/admin/events?state=ignored&limit=1');
    expect(ignored.data).toMatchObject([{ id: 'evt_ignored' }]);
    const { body: handled } = await admin.get('/admin/events?state=done&limit=1');
    expect(handled.data).toMatchObject([{ id: 'evt_done' }]);
  });

  it('has 20 events on a page by default', async ({ paydesk, admin }) => {
    await query(
      paydesk,
      `insert into webhook_events (id, type, state, source, received_at)
       select 'evt_old' || n, 'product.created', 'ignored', 'webhook', timestamptz 'epoch' from generate_series(1, 21) n`,
    );
    expect((await admin.get('/admin/events')).body.data).toHaveLength(20);
    await query(paydesk, "delete from webhook_events where id like 'evt_old%'");
  });

  it.for([
    ['state', 'state=lost'],
    ['limit', 'limit=0'],
    ['cursor', 'cursor=1'],
    ['cursor', 'cursor=evt_unknown'],
    ['limit', 'limit=101'],
    // Names that are not ours are never repeated.
    ['query', 'type=customer.updated'],
  ])('names the invalid %s of %s', async ([field, search], { admin }) => {
    const refused = await admin.get(`/admin/events?${search}`);
    expectProblem(refused, 'invalid-request');
    expect(refused.body.errors).toMatchObject([{ field }]);
  });
});

describe('POST /admin/events/:id/retry', () => {
  it('handles a dead event again', async ({ paydesk, clock, admin, deliver, health, stateOf }) => {
    const { id: customer } = await paydesk.stripe.customers.create({});
    const path = `/v1/customers/${customer}`;
    paydesk.sandbox.faults.add({ path, kinds: ['no_permission'], share: 1 });
    const { ignored } = await health();
    await deliver('evt_dead', 'customer.updated', customer);
    await deliver('evt_other', 'product.created', 'prod_1');
    const lastEventAt = clock.now().toISOString();
    const attempts = 'select attempts from event_targets where object_id = $1';
    await expect.poll(() => query(paydesk, attempts, [customer])).toEqual([{ attempts: 1 }]);
    const skipAttempts = 'update event_targets set attempts = $2 where object_id = $1';
    await query(paydesk, skipAttempts, [customer, ATTEMPTS_MAX - 1]);
    expect((await admin.get('/admin/events?state=stored')).body.data).toMatchObject([{ id: 'evt_dead' }]);
    clock.moveSeconds(LONGEST_RETRY_SECONDS);
    expect(await health()).toMatchObject({ lastEventAt, lagSeconds: LONGEST_RETRY_SECONDS });
    await expect.poll(() => stateOf('evt_dead')).toBe('dead');
    expect(await health()).toMatchObject({ dead: 1, ignored: ignored + 1, lagSeconds: 0 });
    expect((await admin.get('/admin/events?state=dead')).body.data).toMatchObject([
      { id: 'evt_dead', attempts: 2, lastError: 'provider-misconfigured' },
    ]);

    paydesk.sandbox.faults.clear();
    const before = paydesk.stripeCalls.length;
    const answer = await admin.post('/admin/events/evt_dead/retry');
    expect([answer.status, answer.body.id]).toEqual([202, 'evt_dead']);
    await expect.poll(() => stateOf('evt_dead')).toBe('done');
    expect(paydesk.stripeCalls.slice(before)).toEqual([`GET ${path}`]);
    expect(await health()).toMatchObject({ dead: 0 });
  });

  it('refuses what is unknown, and what nobody handles', async ({ admin, deliver }) => {
    await deliver('evt_unhandled', 'product.created', 'prod_1');
    expectProblem(await admin.post('/admin/events/evt_unhandled/retry'), 'invalid-state');
    expectProblem(await admin.post('/admin/events/evt_unknown/retry'), 'not-found');
    const refused = await admin.post('/admin/events/1/retry');
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
  });
});

// Last, as it moves the clock by a month.
describe('GET /admin/events/health', () => {
  it('says that a backfill is needed once Stripe may have deleted events', async ({
    paydesk,
    clock,
    health,
  }) => {
    await paydesk.walkEvents();
    clock.moveHours(HOURS_OF_30_DAYS - 1);
    await paydesk.walkEvents();
    expect(await health()).toMatchObject({ backfillNeeded: false });
    clock.moveHours(HOURS_OF_30_DAYS + 1);
    await paydesk.walkEvents();
    expect(await health()).toMatchObject({ backfillNeeded: true });
    expect(paydesk.log).toContainEqual(
      expect.objectContaining({ alert: true, msg: expect.stringContaining('run npm run backfill') }),
    );
  });
});
