import { expect } from 'vitest';
import { failureOf, test } from './support.js';

test('faults, ledger and counters are available as JSON', async ({ stripe, sandbox }) => {
  const control = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const rule = { method: 'POST', path: '/v1/customers', kinds: ['error_after_effect'], times: 1 };
  expect(await control('POST', 'faults', rule)).toEqual({
    status: 200,
    body: { id: 1, ...rule, injected: {} },
  });
  await failureOf(stripe.customers.create({ metadata: { order: '7' } }, { idempotencyKey: 'k' }));
  const { id } = await stripe.customers.create();
  await stripe.customers.del(id);

  expect((await control('GET', 'faults')).body).toMatchObject([{ injected: { error_after_effect: 1 } }]);
  expect((await control('GET', 'ledger?object=customer')).body).toMatchObject([
    { object: 'customer', idempotencyKey: 'k', metadata: { order: '7' }, status: null },
    { object: 'customer', id, status: 'deleted' },
  ]);
  expect((await control('GET', 'ledger?object=charge')).body).toEqual([]);
  // A typing error, or what the ledger does not keep, must not look like an account that nothing happened to.
  for (const object of ['charges', 'invoice', 'payment_method']) {
    expect((await control('GET', `ledger?object=${object}`)).status).toBe(400);
  }
  expect((await control('GET', 'counters')).body).toEqual([
    { route: 'POST /v1/customers', calls: 2, statuses: { 200: 1, 500: 1 } },
    { route: 'DELETE /v1/customers/:customer', calls: 1, statuses: { 200: 1 } },
  ]);
  for (const path of ['faults', 'ledger', 'counters']) {
    expect((await control('DELETE', path)).body).toEqual([]);
    expect((await control('GET', path)).body).toEqual([]);
  }
});

test('a refuse rule takes the error in JSON', async ({ stripe, sandbox }) => {
  const error = {
    status: 402,
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'do_not_honor',
    advice_code: 'try_again_later',
    param: 'payment_method',
    message: 'No.',
  };
  const body = JSON.stringify({ path: '/v1/refunds', kinds: ['refuse'], error });
  const { status } = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body });
  expect(status).toBe(200);
  const { status: _status, type: rawType, ...told } = error;
  expect(await failureOf(stripe.refunds.create({ charge: 'ch_1' }))).toMatchObject({
    statusCode: 402,
    rawType,
    ...told,
  });
});

test('refuses an invalid rule', async ({ sandbox }) => {
  for (const body of [
    'wait',
    '{}',
    '{"kinds":[]}',
    '{"kinds":["explode"]}',
    '{"kinds":["wait"],"share":2}',
    '{"kinds":["rate_limit"],"reason":"the weather"}',
    '{"kinds":["refuse"]}',
    '{"kinds":["refuse"],"error":{"status":200,"type":"card_error"}}',
  ]) {
    const response = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body });
    expect(response.status).toBe(400);
  }
  expect(sandbox.faults.list()).toEqual([]);
});
