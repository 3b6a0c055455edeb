import { Stripe } from 'stripe';
import { describe, expect } from 'vitest';
import { OWN_ACCOUNT } from '../http/own-account.js';
import { request, TEST_KEY, test } from './support.js';

describe('authentication', () => {
  test('accepts the key as the user name of Basic authentication', async ({ sandbox }) => {
    const authorization = `Basic ${Buffer.from(`${TEST_KEY}:`).toString('base64')}`;
    expect((await request(sandbox, 'GET', '/v1/customers', { headers: { authorization } })).status).toBe(200);
  });

  test('returns 401 without a key', async ({ sandbox }) => {
    const { status, headers, body } = await request(sandbox, 'GET', '/v1/customers', {
      headers: { authorization: '' },
    });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Stripe"']);
    expect(body.error).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringMatching(/^You did not provide an API key\. You need to provide/),
    });
  });

  test.for([
    ['sk_live_abcdefgh1234', 'Invalid API Key provided: sk_live_********1234'],
    ['nonsense', 'Invalid API Key provided: ****ense'],
  ] as const)('%s is refused and masked', async ([key, message], { sandbox }) => {
    const stripe = new Stripe(key, { host: '127.0.0.1', port: sandbox.port, protocol: 'http' });
    await expect(stripe.customers.list()).rejects.toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
      message,
    });
  });

  // https://docs.stripe.com/connect/authentication, https://docs.stripe.com/error-codes#account-invalid
  test('refuses Stripe-Account, as no account is connected', async ({ stripe }) => {
    await expect(stripe.customers.list({}, { stripeAccount: 'acct_other' })).rejects.toMatchObject({
      type: 'StripePermissionError',
      statusCode: 403,
      code: 'account_invalid',
      message:
        "The provided key 'sk_test_***dbox' does not have access to account 'acct_other' (or that account does not exist). Application access may have been revoked.",
    });
  });
});

test('every response has a request id and the version', async ({ sandbox, stripe }) => {
  const customer = await stripe.customers.create();
  expect(customer.lastResponse).toMatchObject({
    requestId: expect.stringMatching(/^req_[A-Za-z0-9]{14}$/),
    apiVersion: '2026-10-28.endive',
  });
  const old = await request(sandbox, 'GET', '/v1/nothing', { headers: { 'stripe-version': '2020-08-27' } });
  expect(old.headers.get('stripe-version')).toBe('2020-08-27');
  expect(old.headers.get('request-id')).toMatch(/^req_/);
});

// https://docs.stripe.com/api/versioning
test.for(['latest', '2027-01-01.endive', '2026-10-28', '2026-10-28.elder', '2020-08-27.acacia'])(
  'version %s does not exist',
  async (version, { sandbox }) => {
    const answer = await request(sandbox, 'GET', '/v1/customers', { headers: { 'stripe-version': version } });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: `Invalid Stripe API version: ${version}` } },
    });
  },
);

test.for(['2020-08-27', '2024-09-30.acacia', '2026-08-26.dahlia', '2026-10-28.preview; some_beta=v1'])(
  'version %s does',
  async (version, { sandbox }) => {
    const answer = await request(sandbox, 'GET', '/v1/customers', { headers: { 'stripe-version': version } });
    expect([answer.status, answer.headers.get('stripe-version')]).toEqual([200, version]);
  },
);

test('an unknown route gets the error of Stripe', async ({ sandbox }) => {
  const slash =
    ' If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.';
  const help = 'Please see https://stripe.com/docs or we can help at https://support.stripe.com/.';
  for (const [path, hint] of [
    ['/v1/nothing', ''],
    ['/v1/refunds/search', ''],
    ['/v1/customers/', slash],
  ] as const) {
    const { status, body } = await request(sandbox, 'GET', `${path}?limit=1`);
    expect([status, body.error?.['message']]).toEqual([
      404,
      `Unrecognized request URL (GET: ${path}).${hint} ${help}`,
    ]);
  }
});

test('an error has its code, its doc_url and its request_log_url', async ({ sandbox }) => {
  const { body, headers } = await request(sandbox, 'POST', '/v1/payment_methods/pm_card_visa/attach', {
    form: '',
  });
  expect(body.error).toEqual({
    type: 'invalid_request_error',
    code: 'parameter_missing',
    param: 'customer',
    message: 'Missing required param: customer.',
    doc_url: 'https://stripe.com/docs/error-codes/parameter-missing',
    request_log_url: `https://dashboard.stripe.com/${OWN_ACCOUNT}/test/workbench/logs?object=${headers.get('request-id')}`,
  });
});

describe('an error names the wrong parameter', () => {
  const long = 'k'.repeat(41);
  const many = Array.from({ length: 51 }, (_, index) => `metadata[k${index}]=v`).join('&');
  test.for([
    ['foo=1', 'parameter_unknown', 'foo', 'Received unknown parameter: foo'],
    ['emial=a', 'parameter_unknown', 'emial', 'Received unknown parameter: emial. Did you mean email?'],
    ['foo=1&bar=2', 'parameter_unknown', 'foo', 'Received unknown parameters: foo, bar'],
    ['shipping[nmae]=A', 'parameter_unknown', 'shipping[nmae]', expect.stringContaining('shipping[nmae]')],
    [
      'shipping[name]=A',
      'parameter_missing',
      'shipping[address]',
      'Missing required param: shipping[address].',
    ],
    ['balance=1.5', 'parameter_invalid_integer', 'balance', 'Invalid integer: 1.5'],
    ['balance=', 'parameter_invalid_empty', 'balance', expect.stringContaining("empty string for 'balance'")],
    [
      'tax_exempt=maybe',
      undefined,
      'tax_exempt',
      'Invalid tax_exempt: must be one of none, exempt, or reverse',
    ],
    ['address=here', undefined, 'address', 'Invalid object: here'],
    ['preferred_locales=en', undefined, 'preferred_locales', 'Invalid array: en'],
    ['name[a]=b', undefined, 'name', 'Invalid string: {"a":"b"}'],
    [`metadata[${long}]=v`, undefined, `metadata[${long}]`, expect.stringContaining('up to 40 characters')],
    [`metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]', expect.stringContaining('up to 500')],
    [
      many,
      undefined,
      'metadata',
      expect.stringMatching(/^Metadata can have up to 50 keys, but you've set 51\./),
    ],
    ['payment_method=pm_none', 'resource_missing', 'payment_method', "No such PaymentMethod: 'pm_none'"],
  ] as const)('%s', async ([form, code, param, message], { sandbox }) => {
    const answer = await request(sandbox, 'POST', '/v1/customers', { form });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', param, message });
    expect(answer.body.error?.['code']).toBe(code);
    expect(sandbox.store.customers.size).toBe(0);
  });
});

test('accepts arrays with indexes or with empty brackets', async ({ sandbox }) => {
  for (const form of [
    'preferred_locales[0]=en&preferred_locales[1]=de',
    'preferred_locales[]=en&preferred_locales[]=de',
  ]) {
    const { body } = await request(sandbox, 'POST', '/v1/customers', { form });
    expect(body['preferred_locales']).toEqual(['en', 'de']);
  }
});

test('length limits count code points, not UTF-16 units', async ({ stripe }) => {
  const [key, value] = ['😀'.repeat(40), '😀'.repeat(500)];
  const { metadata, name } = await stripe.customers.create({
    metadata: { [key]: value },
    name: '😀'.repeat(256),
  });
  expect([metadata[key], name]).toEqual([value, '😀'.repeat(256)]);
});

test('JSON, oversized bodies and unreadable paths are refused', async ({ sandbox }) => {
  const json = await request(sandbox, 'POST', '/v1/customers', {
    form: '{}',
    headers: { 'content-type': 'application/json' },
  });
  const message =
    'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.';
  expect(json).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', message } } });
  const large = await request(sandbox, 'POST', '/v1/customers', { form: `name=${'a'.repeat(1024 * 1024)}` });
  expect(large.status).toBe(413);
  for (const { headers } of [json, large, await request(sandbox, 'GET', '/v1/customers/%zz')]) {
    expect(headers.get('request-id')).toMatch(/^req_/);
    expect(headers.get('stripe-version')).toBe('2026-10-28.endive');
  }
});
