import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { WireRequest } from '#sandbox/http/pipeline.js';
import { startCollector } from '../support/collector.js';
import { ManualClock } from '../support/manual-clock.js';
import { addNotifications, deliverAll } from '../support/notifications.js';
import { startWithoutTimers } from '../support/without-timers.js';
import { receiverFixture } from '../support/receiver.js';
import { resentCharge, sendInVain } from '../operations/resent-charge.js';
import { FOREVER_MS, LONGEST_WAIT_SECONDS } from '../support/durations.js';
import { saveCard, someUser } from '../support/saved-card.js';

const CHARGE = 'POST /partners/user/:user_id/payment_intent';
const STRIPE_CHARGE = 'POST /v1/payment_intents';

const it = test
  // oxlint-disable-next-line no-empty-pattern -- vitest wants to see that it uses no fixture
  .extend('collector', { scope: 'file' }, async ({}, { onCleanup }) => {
    const collector = await startCollector();
    onCleanup(() => collector.close());
    return collector;
  })
  .extend('clock', { scope: 'file' }, () => new ManualClock())
  /** Those of each request to Stripe. */
  .extend('stripeHeaders', { scope: 'file' }, () => [] as WireRequest['headers'][])
  .extend('paydesk', { scope: 'file' }, async ({ collector, clock, stripeHeaders }, { onCleanup }) => {
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
    const paydesk = await startWithoutTimers({
      clock,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      observe: ({ headers }) => stripeHeaders.push(headers),
    });
    onCleanup(async () => {
      await paydesk.close();
      vi.unstubAllEnvs();
    });
    return paydesk;
  })
  .extend('partner', { scope: 'file' }, ({ paydesk }) => paydesk.partner('acme'))
  .extend('receiver', receiverFixture)
  .extend('spansOf', ({ collector }) => async (traceId: string, last: string) => {
    const found = () => collector.spans.filter((span) => span.traceId === traceId);
    await expect.poll(() => found().map(({ name }) => name)).toContain(last);
    return found();
  });

/** A caller's span: https://www.w3.org/TR/trace-context/#traceparent-header */
function someParent() {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
}

describe('the spans of a charge', () => {
  it("are children of the caller's span, step by step, down to Stripe and PostgreSQL", async ({
    paydesk,
    partner,
    spansOf,
  }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const parent = someParent();
    const headers = { ...parent.headers, 'idempotency-key': randomUUID() };
    const charged = await partner.post(`/partners/user/${user}/payment_intent`, body, headers);
    expect(charged.status).toBe(201);

    const spans = await spansOf(parent.traceId, CHARGE);
    const named = (name: string) => {
      const found = spans.filter((span) => span.name === name);
      expect(found).toHaveLength(1);
      return found[0]!;
    };
    const statementsIn = (step: string) =>
      spans.filter(
        ({ parentSpanId, attributes }) =>
          parentSpanId === named(step).spanId && attributes['db.system.name'] === 'postgresql',
      );
    const request = named(CHARGE);
    expect(request.parentSpanId).toBe(parent.spanId);
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/partners/user/:user_id/payment_intent',
      'http.response.status_code': 201,
      'paydesk.request_id': charged.headers.get('x-request-id'),
      'paydesk.operation_id': expect.any(String),
    });
    for (const step of ['operation claim', 'operation send', 'operation finish']) {
      expect(named(step)).toMatchObject({
        parentSpanId: request.spanId,
        attributes: { 'paydesk.kind': 'charge' },
      });
    }
    expect(statementsIn('operation claim').length).toBeGreaterThanOrEqual(1);
    expect(statementsIn('operation finish').length).toBeGreaterThanOrEqual(1);
    expect(named(STRIPE_CHARGE)).toMatchObject({
      parentSpanId: named('operation send').spanId,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'stripe.request_id': expect.stringMatching(/^req_/),
      },
    });
  });

  it('say why it failed, in one word', async ({ paydesk, partner, spansOf }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user, 'pm_card_chargeCustomerFail');
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const { traceId, headers } = someParent();
    const declined = await partner.post(`/partners/user/${user}/payment_intent`, body, headers);
    expect(declined.status).toBe(402);
    const spans = await spansOf(traceId, CHARGE);
    expect(spans.find(({ name }) => name === STRIPE_CHARGE)).toMatchObject({
      status: 2,
      attributes: { 'error.type': '402' },
    });
    expect(spans.find(({ name }) => name === 'operation send')).toMatchObject({
      status: 2,
      attributes: { 'error.type': 'card-declined' },
    });
  });

  it('end when the caller hangs up, and say so', async ({ paydesk, partner, spansOf }) => {
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    const body = JSON.stringify({ amount: '3000', description: user, stripe_payment_method_id: card });
    const { traceId, headers } = someParent();
    const hang = paydesk.sandbox.faults.add({
      path: '/v1/payment_intents',
      kinds: ['wait'],
      waitMs: FOREVER_MS,
    });
    const hangUp = new AbortController();
    const sent = fetch(`${paydesk.url}/partners/user/${user}/payment_intent`, {
      method: 'POST',
      headers: { ...partner.authorization, ...headers, 'content-type': 'application/json' },
      body,
      signal: hangUp.signal,
    });
    await expect.poll(() => hang.injected.wait).toBe(1);
    hangUp.abort();
    await expect(sent).rejects.toThrow('aborted');
    const request = (await spansOf(traceId, CHARGE)).find(({ name }) => name === CHARGE);
    expect(request).toMatchObject({ status: 2, attributes: { 'error.type': 'aborted' } });
    paydesk.sandbox.faults.clear();
    await spansOf(traceId, 'operation finish');
  });

  it('contain no secret, no id of a user and nothing else that a caller has chosen', async ({
    paydesk,
    partner,
    collector,
    spansOf,
  }) => {
    const user = `bob-${randomUUID()}@example.com`;
    const card = await saveCard(paydesk, partner, user);
    const description = `for ${randomUUID()}`;
    const key = randomUUID();
    const body = { amount: '3000', description, stripe_payment_method_id: card };
    const path = `/partners/user/${encodeURIComponent(user)}/payment_intent`;
    const { traceId, headers } = someParent();
    await partner.post(path, body, { ...headers, 'idempotency-key': key });
    await partner.get(`/partners/user/${encodeURIComponent(user)}/payments?note=${key}`);
    await spansOf(traceId, CHARGE);
    const sent = collector.text();
    expect(sent).toContain(traceId);
    for (const secret of [
      user,
      encodeURIComponent(user),
      description,
      key,
      partner.credential ?? '',
      'sk_test',
    ])
      expect(sent).not.toContain(secret);
    expect(sent).not.toMatch(/_secret_|whsec_/);
  });
});

it('sends the span of a delivery along with a notification', async ({
  paydesk,
  clock,
  receiver,
  collector,
  spansOf,
}) => {
  const shop = await paydesk.service();
  expect((await shop.post('/notification-endpoints', { url: receiver.url })).status).toBe(201);
  await addNotifications(paydesk, clock, [{ subject: someUser(), caller: 'service:shop' }]);
  await deliverAll(paydesk);
  const [, traceId = '', spanId] =
    /^00-(\w{32})-(\w{16})-01$/.exec(String(receiver.received[0]?.headers['traceparent'])) ?? [];
  const spans = await spansOf(traceId, 'notification');
  const delivery = spans.find((span) => span.spanId === spanId);
  expect(delivery).toMatchObject({
    name: 'POST',
    parentSpanId: spans.find(({ name }) => name === 'notification')?.spanId,
    attributes: { 'http.response.status_code': 204 },
  });
  expect(collector.text()).not.toContain(receiver.url);
});

describe('a notification', () => {
  it('continues the trace of the request that caused it, and is linked to its delivery', async ({
    paydesk,
    partner,
    collector,
    receiver,
    spansOf,
  }) => {
    const shop = await paydesk.service();
    expect((await shop.post('/notification-endpoints', { url: receiver.url })).status).toBe(201);
    const user = someUser();
    const card = await saveCard(paydesk, partner, user);
    await deliverAll(paydesk);
    receiver.received.length = 0;
    const body = { amount: '3000', description: user, stripe_payment_method_id: card };
    const parent = someParent();
    const tracestate = `vendor=${randomUUID()}`;
    const headers = { ...parent.headers, tracestate };
    expect((await partner.post(`/partners/user/${user}/payment_intent`, body, headers)).status).toBe(201);
    await deliverAll(paydesk);
    const ofRequest = (await spansOf(parent.traceId, CHARGE)).map((span) => span.spanId);
    const sent = receiver.received.map(({ headers: { traceparent } }) => String(traceparent).split('-'));
    const [, , spanId] = sent.find(([, traceId]) => traceId === parent.traceId) ?? [];
    const delivery = () => collector.spans.find((span) => span.spanId === spanId);
    await expect
      .poll(delivery)
      .toMatchObject({ name: 'POST', traceId: parent.traceId, links: [expect.any(String)] });
    expect(ofRequest).toContain(delivery()?.parentSpanId);
    expect(receiver.received.filter((request) => request.headers['tracestate'] !== undefined)).toEqual([]);
  });
});

it("sends Stripe the traceparent, and keeps the caller's tracestate to itself", async ({
  partner,
  collector,
  stripeHeaders,
  spansOf,
}) => {
  const parent = someParent();
  const tracestate = `vendor=${randomUUID()}`;
  await partner.post(`/partners/user/${someUser()}/setup_intent`, undefined, {
    ...parent.headers,
    tracestate,
  });
  await spansOf(parent.traceId, 'POST /partners/user/:user_id/setup_intent');
  const sent = stripeHeaders.filter(({ traceparent }) => String(traceparent).includes(parent.traceId));
  expect(sent.length).toBeGreaterThanOrEqual(1);
  expect(sent.filter((headers) => headers['tracestate'] !== undefined)).toEqual([]);
  expect(collector.text()).not.toContain(tracestate);
});

it('goes on in the trace of the request when the worker resumes its operation', async ({
  paydesk,
  clock,
  partner,
  spansOf,
}) => {
  const parent = someParent();
  const charge = await resentCharge(paydesk, partner);
  await sendInVain(paydesk, { ...charge, send: () => charge.send(parent.headers) }, 'reset_before_effect');
  clock.moveSeconds(LONGEST_WAIT_SECONDS);
  while (await paydesk.resumeNext());
  const spans = await spansOf(parent.traceId, 'operation resume');
  const sends = spans.filter(({ name }) => name === 'operation send');
  expect(sends.length).toBeGreaterThanOrEqual(2);
});
