import { Stripe } from 'stripe';
import { expect } from 'vitest';
import { createSandbox } from '../create-sandbox.js';
import type { FaultKind, FaultRule } from '../faults/fault.js';
import { temporaryFolder } from './folders.js';
import { type Answer, failureOf, openBench, request, TEST_KEY, test } from './support.js';

const keyed = { idempotencyKey: 'k' };

/** A sandbox whose next call goes wrong, and a customer asked for under a key by that call and by its retry. */
async function retryAfter(kind: FaultKind) {
  const { sandbox } = await openBench();
  sandbox.faults.add({ path: '/v1/customers', kinds: [kind] });
  const create = () =>
    request(sandbox, 'POST', '/v1/customers', { form: 'name=Ada', headers: { 'idempotency-key': 'k' } });
  // stripe-node would retry a reset by itself.
  const first = await create().catch((error: Error) => error);
  const made = sandbox.ledger.list('customer').length;
  const retry = await create();
  const isReplayed = retry.headers.get('idempotent-replayed') === 'true';
  return { first, made, retry, isReplayed, sandbox };
}

// What a retry gets: https://docs.stripe.com/api/idempotent_requests.
test.for([
  ['reset_after_effect', { message: 'fetch failed' }],
  ['half_body', { message: 'terminated' }],
  ['bad_json', { name: 'SyntaxError' }],
] as const)('after %s a retry is told what the first call did', async ([kind, error]) => {
  const { first, made, retry, isReplayed, sandbox } = await retryAfter(kind);
  expect(first).toMatchObject(error);
  expect(made).toBe(1);
  expect(retry).toMatchObject({ status: 200, body: { name: 'Ada' } });
  expect(isReplayed).toBe(true);
  expect(sandbox.ledger.list('customer')).toMatchObject([{ id: retry.body['id'] }]);
});

test.for([
  ['reset_before_effect', { message: 'fetch failed' }],
  ['no_permission', { status: 403, body: { error: { type: 'invalid_request_error' } } }],
  ['rate_limit', { status: 429, body: { error: { code: 'rate_limit' } } }],
  ['lock_timeout', { status: 409, body: { error: { code: 'lock_timeout' } } }],
  ['lock_timeout_429', { status: 429, body: { error: { code: 'lock_timeout' } } }],
] as const)('%s has no effect, and a retry is a first call', async ([kind, told]) => {
  const { first, made, retry, isReplayed, sandbox } = await retryAfter(kind);
  expect(first).toMatchObject(told);
  expect(made).toBe(0);
  expect(retry).toMatchObject({ status: 200, body: { name: 'Ada' } });
  expect(isReplayed).toBe(false);
  expect(sandbox.ledger.list()).toHaveLength(1);
});

test.for([
  ['error_before_effect', 0],
  ['error_after_effect', 1],
] as const)('a 500 is saved under its key: %s', async ([kind, effects]) => {
  const { first, made, retry, isReplayed, sandbox } = await retryAfter(kind);
  expect(first).toMatchObject({ status: 500, body: { error: { type: 'api_error' } } });
  expect(made).toBe(effects);
  expect(retry).toMatchObject({ status: 500, body: (first as Answer).body });
  expect(isReplayed).toBe(true);
  expect(sandbox.ledger.list()).toHaveLength(effects);
});

test('error_then_effect has its effect after the 500, which is replayed before and after it', async ({
  sandbox,
}) => {
  sandbox.faults.add({ kinds: ['error_then_effect'], waitMs: 3_600_000 });
  const create = () =>
    request(sandbox, 'POST', '/v1/customers', { form: 'name=Ada', headers: { 'idempotency-key': 'k' } });
  const first = await create();
  const early = await create();
  expect(sandbox.ledger.list()).toEqual([]);
  sandbox.faults.release();
  await expect.poll(() => sandbox.ledger.list()).not.toEqual([]);
  const late = await create();

  expect(first).toMatchObject({ status: 500, body: { error: { type: 'api_error' } } });
  expect(first.headers.has('idempotent-replayed')).toBe(false);
  for (const { status, body, headers } of [early, late]) {
    expect({ status, body }).toEqual({ status: 500, body: first.body });
    expect(headers.get('idempotent-replayed')).toBe('true');
  }
  const requestId = first.headers.get('request-id');
  expect(sandbox.ledger.list()).toMatchObject([{ object: 'customer', requestId, idempotencyKey: 'k' }]);
});

test('a late effect happens without another call', async ({ sandbox }) => {
  sandbox.faults.add({ kinds: ['error_then_effect'], waitMs: 1 });
  expect((await request(sandbox, 'POST', '/v1/customers', { form: '' })).status).toBe(500);
  await expect.poll(() => sandbox.ledger.list()).toHaveLength(1);
});

test('closing the sandbox runs the late effects first', async () => {
  const dataDir = temporaryFolder();
  const closed = await createSandbox({ dataDir });
  closed.faults.add({ kinds: ['error_then_effect'], waitMs: 3_600_000 });
  await request(closed, 'POST', '/v1/customers', { form: '' });
  await closed.close();
  const { sandbox } = await openBench({ dataDir });
  expect(sandbox.ledger.list()).toHaveLength(1);
});

test.for([
  ['silence_before_effect', 0],
  ['silence_after_effect', 1],
] as const)('%s holds the key until the caller hangs up', async ([kind, effects], { sandbox, stripe }) => {
  sandbox.faults.add({ kinds: [kind] });
  const hangUp = new AbortController();
  const silent = fetch(`${sandbox.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_1', 'idempotency-key': 'k' },
    signal: hangUp.signal,
  }).catch((error: Error) => error.name);
  await expect.poll(() => sandbox.faults.list()[0]?.injected[kind]).toBe(1);
  expect(sandbox.ledger.list()).toHaveLength(effects);
  expect(await failureOf(stripe.customers.create({}, keyed))).toMatchObject({
    code: 'idempotency_key_in_use',
  });
  hangUp.abort();
  expect(await silent).toBe('AbortError');
  await expect.poll(() => stripe.customers.create({}, keyed).catch(() => undefined)).toBeDefined();
  expect(sandbox.ledger.list()).toHaveLength(1);
});

test('a waiting call continues after its caller disconnects', async ({ sandbox }) => {
  sandbox.faults.add({ kinds: ['wait'], waitMs: 3_600_000 });
  const hangUp = new AbortController();
  const gone = request(sandbox, 'POST', '/v1/customers', { form: '', signal: hangUp.signal });
  await expect.poll(() => sandbox.faults.list()[0]?.injected.wait).toBe(1);
  hangUp.abort();
  await expect(gone).rejects.toThrow('aborted');
  expect(sandbox.ledger.list()).toEqual([]);
  sandbox.faults.clear();
  await expect.poll(() => sandbox.ledger.list()).toHaveLength(1);
});

test('a dripping reply is complete in the end', async ({ sandbox }) => {
  sandbox.faults.add({ kinds: ['drip'], waitMs: 3_600_000 });
  const response = await fetch(`${sandbox.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_1' },
  });
  const drops = response.body!.getReader();
  const { value: first } = await drops.read();
  const length = Number(response.headers.get('content-length'));
  expect(first!.length).toBeLessThan(length);
  const rest = drops.read();
  const letGo = setInterval(() => sandbox.faults.clear(), 1);
  let received = first!.length + (await rest).value!.length;
  for (let drop = await drops.read(); !drop.done; drop = await drops.read()) received += drop.value.length;
  clearInterval(letGo);
  expect(received).toBe(length);
});

test('half_body sends the content-length of the whole body', async ({ sandbox }) => {
  sandbox.faults.add({ kinds: ['half_body'] });
  const response = await fetch(`${sandbox.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_1' },
  });
  expect(response.status).toBe(200);
  const read: Uint8Array[] = [];
  await expect(async () => {
    for await (const chunk of response.body!) read.push(chunk);
  }).rejects.toThrow('terminated');
  const length = Number(response.headers.get('content-length'));
  expect(Buffer.concat(read)).toHaveLength(Math.floor(length / 2));
});

test('shouldRetry sets the header of a 429', async ({ sandbox }) => {
  for (const shouldRetry of [undefined, true, false]) {
    sandbox.faults.add({ kinds: ['rate_limit'], shouldRetry });
    const { headers } = await request(sandbox, 'GET', '/v1/customers');
    expect(headers.get('stripe-should-retry')).toBe(shouldRetry === undefined ? null : String(shouldRetry));
  }
});

// https://docs.stripe.com/rate-limits#handling-limiting-gracefully
test.for([
  [{ kinds: ['rate_limit'] }, 'endpoint-rate'],
  [{ kinds: ['rate_limit'], reason: 'global-rate' }, 'global-rate'],
  [{ kinds: ['rate_limit'], reason: 'resource-specific' }, 'resource-specific'],
  [{ kinds: ['lock_timeout_429'] }, null],
] as [FaultRule, string | null][])(
  'a 429 by %j names the limit as %s',
  async ([rule, reason], { sandbox }) => {
    sandbox.faults.add(rule);
    const { status, headers } = await request(sandbox, 'GET', '/v1/customers');
    expect(status).toBe(429);
    expect(headers.get('stripe-rate-limited-reason')).toBe(reason);
  },
);

test('refuse returns the error of the rule, and stores it under the key', async ({ sandbox, stripe }) => {
  const error = { status: 400, type: 'invalid_request_error', code: 'testmode_charges_only' } as const;
  sandbox.faults.add({ method: 'POST', path: '/v1/customers', kinds: ['refuse'], error });
  const refused = await failureOf(stripe.customers.create({}, keyed));
  expect(refused).toMatchObject({
    statusCode: 400,
    rawType: 'invalid_request_error',
    code: 'testmode_charges_only',
    doc_url: 'https://stripe.com/docs/error-codes/testmode-charges-only',
  });
  expect(refused.param).toBeUndefined();
  expect(await failureOf(stripe.customers.create({}, keyed))).toMatchObject({ code: error.code });
  expect(sandbox.ledger.list()).toEqual([]);
});

test('stripe-node retries after a lock_timeout', async ({ sandbox }) => {
  for (const kind of ['lock_timeout', 'lock_timeout_429'] as const) {
    sandbox.faults.add({ method: 'POST', kinds: [kind] });
    const stripe = new Stripe(TEST_KEY, {
      host: '127.0.0.1',
      port: sandbox.port,
      protocol: 'http',
      maxNetworkRetries: 1,
    });
    expect((await stripe.customers.create({ name: kind })).name).toBe(kind);
  }
});

test('faults apply to replays, and do not change the stored reply', async ({ stripe, sandbox }) => {
  const { id } = await stripe.customers.create({}, keyed);
  sandbox.faults.add({ kinds: ['error_after_effect'] });
  expect(await failureOf(stripe.customers.create({}, keyed))).toMatchObject({ statusCode: 500 });
  expect((await stripe.customers.create({}, keyed)).id).toBe(id);
});

test('a rule applies to the calls that it matches, as often as it says', async ({ stripe, sandbox }) => {
  const { id } = await stripe.customers.create();
  sandbox.faults.add({ method: 'POST', path: '/v1/customers/*', kinds: ['lock_timeout'], times: 2 });
  const isFaulty = async (call: Promise<unknown>) =>
    call.then(
      () => false,
      () => true,
    );
  const paymentMethods = () => stripe.customers.listPaymentMethods(id);
  expect([
    await isFaulty(stripe.customers.create()),
    await isFaulty(stripe.customers.retrieve(id)),
    await isFaulty(paymentMethods()),
    await isFaulty(stripe.customers.update(id, {})),
    await isFaulty(stripe.customers.update(id, {})),
    await isFaulty(stripe.customers.update(id, {})),
  ]).toEqual([false, false, false, true, true, false]);
  sandbox.faults.add({ path: '/v1/customers/**', kinds: ['lock_timeout'] });
  expect(await isFaulty(paymentMethods())).toBe(true);
});

test('the same seed gives the same faults', async () => {
  const statusesOf = async (seed: string) => {
    const { sandbox } = await openBench({ seed });
    sandbox.faults.add({ kinds: ['rate_limit', 'lock_timeout', 'error_before_effect'], share: 0.35 });
    const statuses: number[] = [];
    for (let call = 0; call < 60; call++) {
      statuses.push((await request(sandbox, 'GET', '/v1/customers')).status);
    }
    return statuses;
  };
  const [one, again, other] = [await statusesOf('a'), await statusesOf('a'), await statusesOf('b')];
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
  expect(new Set(one)).toEqual(new Set([200, 429, 409, 500]));
});
