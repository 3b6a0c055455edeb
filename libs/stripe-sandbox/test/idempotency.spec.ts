import { expect } from 'vitest';
import { failureOf, request, test } from './support.js';

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const DAY_MS = 24 * 60 * 60 * 1000;

test('the same key replays the same reply and has no second effect', async ({ sandbox }) => {
  const post = () =>
    request(sandbox, 'POST', '/v1/customers', { form: 'name=Ada&email=ada@example.com', ...keyed('k') });
  const [first, second] = [await post(), await post()];
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
  expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([
    null,
    'true',
  ]);
  expect(sandbox.store.customers.size).toBe(1);
});

test('a decline is replayed with its status', async ({ stripe }) => {
  const { id } = await stripe.customers.create();
  const attach = () =>
    failureOf(
      stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: id }, { idempotencyKey: 'k' }),
    );
  const [first, second] = [await attach(), await attach()];
  expect(second).toMatchObject({ statusCode: 402, message: first.message });
  expect(second.headers?.['idempotent-replayed']).toBe('true');
});

test('a 500 is replayed too', async ({ sandbox }) => {
  sandbox.faults.add({ kinds: ['error_before_effect'] });
  const post = () => request(sandbox, 'POST', '/v1/customers', { form: '', ...keyed('k') });
  const [first, second] = [await post(), await post()];
  expect([first.status, second.status]).toEqual([500, 500]);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.body).toEqual(first.body);
});

test('another body or another path under the same key is refused', async ({ stripe }) => {
  const { id } = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
  const others = [
    stripe.customers.create({ name: 'Bea' }, { idempotencyKey: 'k' }),
    stripe.customers.update(id, { name: 'Ada' }, { idempotencyKey: 'k' }),
  ];
  for (const other of others) {
    expect(await failureOf(other)).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
  }
});

test('a key also covers the query and the order of an array', async ({ sandbox }) => {
  const url = 'url=https%3A%2F%2Fshop.example%2Fhooks';
  const types = ['charge.succeeded', 'charge.failed'].map((type) => `enabled_events[]=${type}`);
  const pairs = [
    ['/v1/customers?name=Ada', '/v1/customers?name=Bea'],
    [
      `/v1/webhook_endpoints?${[url, ...types].join('&')}`,
      `/v1/webhook_endpoints?${[url, ...types.toReversed()].join('&')}`,
    ],
  ];
  for (const [first, other] of pairs) {
    const post = (path: string) => request(sandbox, 'POST', path, keyed(first!));
    expect((await post(first!)).status).toBe(200);
    expect(await post(other!)).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
    expect((await post(first!)).headers.get('idempotent-replayed')).toBe('true');
  }
});

test('the order of the fields does not matter', async ({ sandbox }) => {
  const post = (form: string) => request(sandbox, 'POST', '/v1/customers', { form, ...keyed('k') });
  await post('name=Ada&metadata[a]=1&metadata[b]=2');
  const again = await post('metadata[b]=2&metadata[a]=1&name=Ada');
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

test('a key in use is a conflict until its request ends', async ({ stripe, sandbox }) => {
  sandbox.faults.add({ kinds: ['wait'], waitMs: 3_600_000 });
  const first = stripe.customers.create({}, { idempotencyKey: 'k' });
  await expect.poll(() => sandbox.faults.list()[0]?.injected.wait).toBe(1);
  expect(await failureOf(stripe.customers.create({}, { idempotencyKey: 'k' }))).toMatchObject({
    statusCode: 409,
    code: 'idempotency_key_in_use',
  });
  sandbox.faults.clear();
  const { id } = await first;
  expect((await stripe.customers.create({}, { idempotencyKey: 'k' })).id).toBe(id);
});

test('does not store a failed validation', async ({ stripe }) => {
  await failureOf(stripe.customers.create({ balance: 1.5 }, { idempotencyKey: 'k' }));
  expect(await stripe.customers.create({ balance: 1 }, { idempotencyKey: 'k' })).toMatchObject({
    balance: 1,
  });
});

// https://docs.stripe.com/api/idempotent_requests: "Idempotency keys are up to 255 characters long."
test('a key has 1 to 255 characters', async ({ sandbox }) => {
  const post = (key: string) => request(sandbox, 'POST', '/v1/customers', { form: '', ...keyed(key) });
  expect((await post('k'.repeat(255))).status).toBe(200);
  for (const key of ['', 'k'.repeat(256)]) {
    const message = `Idempotent key length is ${key.length}, which is outside accepted lengths. Idempotent Keys must be 1-255 characters long. If you're looking for a decent generator, try using a UUID defined by IETF RFC 4122.`;
    const error = { type: 'invalid_request_error', message };
    expect(await post(key)).toMatchObject({ status: 400, body: { error } });
  }
});

test('a key is stored for 24 hours', async ({ stripe, clock }) => {
  const make = async () => (await stripe.customers.create({}, { idempotencyKey: 'k' })).id;
  const first = await make();
  clock.advanceMs(DAY_MS - 1000);
  expect(await make()).toBe(first);
  clock.advanceMs(1000);
  expect(await make()).not.toBe(first);
});
