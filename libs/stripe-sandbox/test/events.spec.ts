import { expect } from 'vitest';
import { failureOf, openBench, request, test } from './support.js';

/** Source: https://docs.stripe.com/api/events/object. */
test('an event has its request and the current object', async ({ stripe }) => {
  const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  const { data: events } = await stripe.events.list();
  expect(events).toEqual([
    expect.objectContaining({
      id: expect.stringMatching(/^evt_1[A-Za-z0-9]{23}$/),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: customer.created,
      data: { object: { ...customer, lastResponse: undefined } },
      livemode: false,
      pending_webhooks: 0,
      request: { id: customer.lastResponse.requestId, idempotency_key: 'k' },
      type: 'customer.created',
    }),
  ]);
  expect(await stripe.events.retrieve(events[0]!.id)).toEqual(events[0]);
});

test('previous_attributes has the old values of the changed fields only', async ({ stripe }) => {
  const { id } = await stripe.customers.create({ name: 'Ada', metadata: { a: '1', b: '2' } });
  await stripe.customers.update(id, { name: 'Bea', metadata: { a: '3', c: '4' } });
  const [updated] = (await stripe.events.list({ type: 'customer.updated' })).data;
  expect(updated?.data).toMatchObject({
    object: { name: 'Bea', metadata: { a: '3', b: '2', c: '4' } },
  });
  expect(updated?.data.previous_attributes).toEqual({ name: 'Ada', metadata: { a: '1', c: null } });
});

test('an event has the API version of the account', async () => {
  const { sandbox } = await openBench({ apiVersion: '2025-09-30.clover' });
  const { headers } = await request(sandbox, 'POST', '/v1/customers', { form: '' });
  expect(headers.get('stripe-version')).toBe('2025-09-30.clover');
  const { body } = await request(sandbox, 'GET', '/v1/events');
  expect(body['data']).toMatchObject([{ api_version: '2025-09-30.clover' }]);
});

test('lists events by type, types, group and time', async ({ stripe, clock }) => {
  const { id } = await stripe.customers.create();
  clock.advanceMs(10_000);
  await stripe.customers.update(id, { name: 'Ada' });
  await stripe.products.create({ name: 'Tea' });
  const typesOf = async (params: object) => (await stripe.events.list(params)).data.map(({ type }) => type);
  expect(await typesOf({})).toEqual(['product.created', 'customer.updated', 'customer.created']);
  expect(await typesOf({ type: 'customer.updated' })).toEqual(['customer.updated']);
  expect(await typesOf({ type: 'customer.*' })).toEqual(['customer.updated', 'customer.created']);
  expect(await typesOf({ types: ['product.created', 'customer.created'] })).toEqual([
    'product.created',
    'customer.created',
  ]);
  expect(await typesOf({ created: { lt: clock.nowMs() / 1000 } })).toEqual(['customer.created']);
  expect(await typesOf({ delivery_success: false })).toEqual([]);
  const failure = await failureOf(stripe.events.list({ type: 'a', types: ['b'] }));
  expect(failure).toMatchObject({ statusCode: 400, rawType: 'invalid_request_error' });
});

test('lists events in pages', async ({ stripe }) => {
  for (let made = 0; made < 5; made++) await stripe.customers.create();
  const first = await stripe.events.list({ limit: 2 });
  const last = await stripe.events.list({ limit: 3, starting_after: first.data[1]!.id });
  expect([first.has_more, last.has_more]).toEqual([true, false]);
  expect(new Set([...first.data, ...last.data].map(({ id }) => id)).size).toBe(5);
});

test('returns 404 for an unknown event', async ({ stripe }) => {
  expect(await failureOf(stripe.events.retrieve('evt_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  });
});
