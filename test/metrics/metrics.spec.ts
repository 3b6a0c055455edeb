import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Answer } from '../support/caller.js';
import { query, withLock } from '../support/database.js';
import { readMetrics } from '../support/metrics.js';
import { addNotifications, deliverAll } from '../support/notifications.js';
import { paydeskTest } from '../support/paydesk-test.js';
import { receiverFixture } from '../support/receiver.js';
import { saveCard, someUser } from '../support/saved-card.js';

const BLOCKED_MS = 500;
const CHARGE_ROUTE = '/partners/user/:user_id/payment_intent';

const it = paydeskTest({ workerByHand: true, environment: { METRICS_PORT: '0' } })
  .extend('receiver', receiverFixture)
  .extend(
    'scrape',
    ({ paydesk }) =>
      () =>
        readMetrics(paydesk),
  );

describe('the metrics', () => {
  it('are not served to callers', async ({ paydesk, shop }) => {
    expect((await shop.get('/metrics')).status).toBe(404);
    const { origin } = new URL(paydesk.metricsUrl ?? '');
    expect((await fetch(`${origin}/pay/payments`)).status).toBe(404);
    expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('count requests by route and Stripe calls by endpoint, without ids', async ({
    paydesk,
    partner,
    scrape,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const path = `/partners/user/${user}/payment_intent`;
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const before = await scrape();
    expect((await partner.post(path, body)).status).toBe(201);
    expect((await partner.post(path, { ...body, amount: 'x' })).status).toBe(400);
    expect((await partner.get(`/nowhere/${user}`)).status).toBe(404);
    const samples = await scrape();
    const added = (sample: string) => (samples[sample] ?? 0) - (before[sample] ?? 0);
    const requests = 'paydesk_http_request_duration_seconds_count';
    expect(added(`${requests}{method="POST",route="${CHARGE_ROUTE}",status="201"}`)).toBe(1);
    expect(added(`${requests}{method="POST",route="${CHARGE_ROUTE}",status="400"}`)).toBe(1);
    expect(added(`${requests}{method="GET",route="none",status="404"}`)).toBe(1);
    const calls = 'paydesk_stripe_request_duration_seconds_count';
    expect(added(`${calls}{endpoint="POST /v1/payment_intents",status="200"}`)).toBe(1);
    expect(
      Object.keys(samples).filter((sample) => sample.includes(user) || /\b(pi|ch|cus|pm|seti)_/.test(sample)),
    ).toEqual([]);
  });

  it('count rate limits and retries by endpoint', async ({ paydesk, partner, scrape }) => {
    const user = someUser();
    await saveCard(paydesk, partner, user);
    const list = { method: 'GET', path: '/v1/payment_intents' } as const;
    paydesk.sandbox.faults.add({ ...list, kinds: ['reset_before_effect'], times: 1 });
    const history = `/partners/user/${user}/payments`;
    expect((await partner.get(history)).status).toBe(200);
    paydesk.sandbox.faults.add({ ...list, kinds: ['rate_limit'], reason: 'endpoint-rate', times: 1 });
    await partner.get(history);
    const samples = await scrape();
    expect(
      samples['paydesk_stripe_retries_total{endpoint="GET /v1/payment_intents"}'],
    ).toBeGreaterThanOrEqual(1);
    const calls = 'paydesk_stripe_request_duration_seconds_count{endpoint="GET /v1/payment_intents"';
    expect(samples[`${calls},status="none"}`]).toBe(1);
    expect(samples[`${calls},status="429"}`]).toBeGreaterThanOrEqual(1);
  });

  it('count an operation that needs a review until that is closed', async ({ paydesk, partner, scrape }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/payment_intents',
      kinds: ['refuse'],
      times: 1,
      error: { status: 400, type: 'invalid_request_error', code: 'approval_required' },
    });
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const { operationId } = (await partner.post(`/partners/user/${user}/payment_intent`, body)).body;
    expect((await scrape())['paydesk_operations{state="needs-review"}']).toBe(1);
    const admin = await paydesk.service('admin', { scopes: ['keys:admin'] });
    const closure = { finding: 'not-done', note: 'Rejected in the Dashboard' };
    expect((await admin.post(`/admin/reviews/${operationId}/close`, closure)).status).toBe(200);
    expect((await scrape())['paydesk_operations{state="needs-review"}']).toBe(0);
  });

  it('show what is waiting', async ({ paydesk, clock, partner, shop, receiver, scrape }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    paydesk.sandbox.faults.add({
      method: 'POST',
      path: '/v1/payment_intents',
      kinds: ['reset_before_effect'],
      share: 1,
    });
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    await partner.post(`/partners/user/${user}/payment_intent`, body, { 'idempotency-key': randomUUID() });
    clock.moveSeconds(30);
    expect((await shop.post('/notification-endpoints', { url: receiver.url })).status).toBe(201);
    receiver.answer = (_request, response) => void response.writeHead(500).end();
    await addNotifications(paydesk, clock, [{ subject: user }]);
    await deliverAll(paydesk);
    clock.moveSeconds(10);
    await query(
      paydesk,
      `insert into webhook_events (id, type, state, source, received_at)
       select 'evt_' || state, 'charge.updated', state, 'walk', '${clock.now().toISOString()}'::timestamptz - interval '1 minute'
       from unnest(array['stored', 'dead']) as states (state)`,
    );
    expect(await scrape()).toMatchObject({
      paydesk_database_up: 1,
      'paydesk_operations{state="running"}': 1,
      'paydesk_operations_oldest_age_seconds{state="running"}': 40,
      'paydesk_operations{state="needs-review"}': 0,
      'paydesk_events{state="stored"}': 1,
      'paydesk_events{state="dead"}': 1,
      paydesk_events_missed: 2,
      paydesk_events_lag_seconds: 60,
      paydesk_backfill_needed: 0,
      paydesk_notifications_unplaced: 0,
      'paydesk_notification_endpoints{state="failing"}': 1,
      'paydesk_notification_deliveries_pending{endpoint_state="failing"}': 1,
      'paydesk_notification_deliveries_oldest_age_seconds{endpoint_state="failing"}': 10,
      'paydesk_notification_deliveries_pending{endpoint_state="working"}': 0,
    });
  });

  it('show the use of the pool, and how late the event loop is', async ({ paydesk, partner, scrape }) => {
    const busy = async () => (await scrape())['paydesk_database_connections{state="busy"}'];
    await expect.poll(busy).toBe(0);
    let saving: Promise<Answer> | undefined;
    await withLock(paydesk, 'lock table customers in access exclusive mode', async () => {
      saving = partner.post(`/partners/user/${someUser()}/setup_intent`);
      await expect.poll(busy).toBeGreaterThanOrEqual(1);
    });
    expect((await saving)?.status).toBe(201);
    const untilMs = performance.now() + BLOCKED_MS;
    while (performance.now() < untilMs);
    const lagSeconds = async () => (await scrape())['nodejs_eventloop_lag_max_seconds'];
    await expect.poll(lagSeconds).toBeGreaterThan(BLOCKED_MS / 2 / 1000);
    expect(await scrape()).toHaveProperty(['nodejs_eventloop_lag_p99_seconds']);
  });

  it('are served without the database, which they report', async ({ paydesk, scrape }) => {
    await query(paydesk, 'alter table event_walk rename to hidden_event_walk');
    const samples = await scrape();
    await query(paydesk, 'alter table hidden_event_walk rename to event_walk');
    expect(samples['paydesk_database_up']).toBe(0);
    expect(samples['process_cpu_seconds_total']).toBeGreaterThan(0);
    expect(Object.keys(samples).filter((sample) => sample.startsWith('paydesk_operations'))).toEqual([]);
    expect(await scrape()).toMatchObject({ paydesk_database_up: 1 });
  });
});
