import { request as httpRequest } from 'node:http';
import { describe, expect } from 'vitest';
import { redirects } from '../support/hosted-page.js';
import { paydeskTest } from '../support/paydesk-test.js';

const CHARGE = '/partners/user/user-1/payment_intent';
/** U+2764 U+FE0F: one character on the screen, two code points. */
const HEART = '\u2764\ufe0f';
const VALID = { amount: '3000', description: 'Wellness exam', stripe_payment_method_id: 'pm_123' };

const it = paydeskTest();

describe('bad input', () => {
  it.afterAll(({ paydesk }) => expect(paydesk.stripeCalls).toEqual([]));

  it.for<[string, object, string]>([
    ['a float amount', { amount: 30.5 }, 'amount'],
    ['an exponent', { amount: '3e3' }, 'amount'],
    ['a decimal string', { amount: '30.00' }, 'amount'],
    ['a sign', { amount: '+3000' }, 'amount'],
    ['a space', { amount: ' 3000' }, 'amount'],
    ['other digits', { amount: '٣٠٠٠' }, 'amount'],
    ['hex', { amount: '0x10' }, 'amount'],
    ['zero', { amount: 0 }, 'amount'],
    ['zero as text', { amount: '0' }, 'amount'],
    ['a negative amount', { amount: -3000 }, 'amount'],
    ['an unsafe integer', { amount: Number.MAX_SAFE_INTEGER + 1 }, 'amount'],
    ['an array', { amount: ['3000'] }, 'amount'],
    ['an object', { amount: { $gt: 0 } }, 'amount'],
    ['a boolean', { amount: true }, 'amount'],
    ['null', { amount: null }, 'amount'],
    ['no amount', { amount: undefined }, 'amount'],
    ['too fine an amount of KWD', { amount: '5124', currency: 'kwd' }, 'amount'],
    ['an unknown currency', { currency: 'zzz' }, 'currency'],
    ['an upper-case currency', { currency: 'USD' }, 'currency'],
    ['a null currency', { currency: null }, 'currency'],
    ['an empty description', { description: '' }, 'description'],
    ['a description of another type', { description: 7 }, 'description'],
    ['a control character', { description: 'a\u0000b' }, 'description'],
    ['a lone surrogate', { description: 'a\ud800b' }, 'description'],
    ['a long description', { description: 'x'.repeat(1001) }, 'description'],
    ['a long description of two code points a character', { description: HEART.repeat(600) }, 'description'],
    ['a path for an id', { stripe_payment_method_id: 'pm_1/../../customers' }, 'stripe_payment_method_id'],
    ['another kind of id', { stripe_payment_method_id: 'cus_123' }, 'stripe_payment_method_id'],
    ['an unknown property', { colour: 'red' }, 'body'],
    ['a property named like a method of ours', { toCommand: 'x' }, 'body'],
    ['a property named like one of every object', { hasOwnProperty: 'x' }, 'body'],
    ['a property named constructor', { constructor: 'x' }, 'body'],
  ])('refuses %s and names the field', async ([_what, change, field], { partner }) => {
    const { status, body, headers } = await partner.post(CHARGE, { ...VALID, ...change });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:paydesk:invalid-request', status: 400, retryable: false });
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
  });

  it.for(['toString', 'hasOwnProperty', 'constructor', 'prototype', '__defineGetter__'])(
    'refuses the nested property %s',
    async (name, { shop }) => {
      const tea = { quantity: 1, unitAmount: '1.00', productName: 'Tea' };
      const pay = await shop.post('/pay', { ...redirects, products: [tea, { ...tea, [name]: { $gt: '' } }] });
      expect(pay.status).toBe(400);
    },
  );

  it.for<['partner' | 'shop', string]>([
    ['partner', CHARGE],
    ['shop', '/pay/recurrent'],
    ['shop', '/pay/expire'],
    ['shop', '/refund'],
  ])('refuses a request of the %s to %s without a body', async ([caller, path], { partner, shop }) => {
    const { status, body } = await { partner, shop }[caller].post(path);
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'urn:paydesk:invalid-request' });
    expect(body.errors).not.toEqual([]);
  });

  it('names every field that is wrong', async ({ partner }) => {
    const { body } = await partner.post(CHARGE, {});
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect(fields.toSorted()).toEqual(['amount', 'description', 'stripe_payment_method_id']);
  });

  it('never returns the input', async ({ partner }) => {
    const evil = '<script>alert(1)</script>';
    const { body } = await partner.post(CHARGE, { ...VALID, [evil]: evil, amount: evil, currency: evil });
    expect(JSON.stringify(body)).not.toContain('<script>');
  });

  it.for([
    ['broken JSON', '{"amount":'],
    ['a JSON array', '[]'],
    ['a JSON string', '"3000"'],
    ['JSON null', 'null'],
    ['a poisoned prototype', '{"__proto__":{"amount":"3000"}}'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['16,000 levels', `{"a":${'['.repeat(16_000)}${']'.repeat(16_000)}}`],
    ['1,001 keys', `{"a":[${Array(1000).fill('{"b":1}').join(',')}]}`],
    ['a key twice', '{"amount":"3000","amount":"1"}'],
    ['a key twice, once escaped', '{"amount":"3000","\\u0061mount":"1"}'],
    ['a key twice within', '{"a":[{"b":1,"b":2}]}'],
  ] as const)('refuses %s', async ([_what, text], { partner }) => {
    const { status, body } = await partner.post(CHARGE, text);
    expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:paydesk:invalid-request' });
    expect(body.errors.length).toBeGreaterThan(0);
  });

  it.for<[string, string]>([
    ['33 levels', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['1,001 keys', `{"a":[${Array(1000).fill('{"b":1}').join(',')}]}`],
    ['a key twice', JSON.stringify(VALID).replace('{', '{"amount":"1",')],
  ])('refuses %s and names the body', async ([_what, text], { partner }) => {
    const { status, body } = await partner.post(CHARGE, text);
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'body' });
  });

  it.for([
    ['a parameter twice', '/status?paymentID=pi_1&paymentID=pi_2', 'paymentID'],
    ['a nested parameter', '/check?paymentID[a]=pi_1', 'paymentID'],
  ] as const)('refuses %s', async ([_what, path, field], { shop }) => {
    const { status, body } = await shop.get(path);
    const fields = body.errors.map((error: { field: string }) => error.field);
    expect({ status, fields }).toEqual({ status: 400, fields: expect.arrayContaining([field]) });
  });

  it('refuses a body over 100 kB', async ({ partner }) => {
    const { status, body } = await partner.post(CHARGE, { ...VALID, description: 'x'.repeat(100 * 1024) });
    expect({ status, type: body.type }).toEqual({ status: 413, type: 'urn:paydesk:payload-too-large' });
  });

  it.for([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('refuses %s', async (mediaType, { partner }) => {
    const { status, body } = await partner.post(CHARGE, 'amount=3000', { 'content-type': mediaType });
    expect({ status, type: body.type }).toEqual({ status: 415, type: 'urn:paydesk:unsupported-media-type' });
  });

  it.for(['%00', '%ff', 'x'.repeat(256)])('refuses the user id %s', async (user, { partner }) => {
    const { status, body } = await partner.get(`/partners/user/${user}/payment_methods`);
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(1);
  });

  describe('on routes without parameters', () => {
    const SETUP_INTENT = '/partners/user/user-1/setup_intent';

    it.for([
      ['a property', { foo: 1 }, 'body'],
      ['a property of every object', { constructor: 1 }, 'body'],
      ['a list', [1, 2], 'body'],
      ['a text', '"x"', 'body'],
    ] as const)('refuses %s in a body', async ([_what, body, field], { partner }) => {
      const answer = await partner.post(SETUP_INTENT, body);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    });

    it('refuses a query of a GET, and of a POST with a body', async ({ paydesk, partner }) => {
      const user = await paydesk.user('user-1');
      const answers = [
        await user.get('/payments/payment-information?foo=1'),
        await partner.post(`${CHARGE}?foo=1`, VALID),
      ];
      const refused = { status: 400, body: { errors: [{ field: 'query' }] } };
      expect(answers).toMatchObject([refused, refused]);
    });
  });

  it('refuses a payment id that Stripe cannot have made', async ({ partner }) => {
    const { status, body } = await partner.get('/partners/user/user-1/payments/pi_1%3Fexpand');
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'id' });
  });

  describe('Idempotency-Key', () => {
    it.for([
      ['an empty one', ''],
      ['one of 256 characters', 'k'.repeat(256)],
      ['one with a space', 'a b'],
      ['one beyond ASCII', 'clé'],
      ['empty quotes', '""'],
    ] as const)('refuses %s', async ([_what, key], { partner }) => {
      const { status, body } = await partner.post(CHARGE, VALID, { 'idempotency-key': key });
      expect({ status, type: body.type, field: body.errors[0].field }).toEqual({
        status: 400,
        type: 'urn:paydesk:idempotency-key-invalid',
        field: 'Idempotency-Key',
      });
    });

    it('refuses two keys', async ({ paydesk, partner }) => {
      const status = await new Promise((resolve, reject) => {
        const request = httpRequest(paydesk.url + CHARGE, {
          method: 'POST',
          headers: {
            ...partner.authorization,
            'content-type': 'application/json',
            'idempotency-key': ['one', 'two'],
          },
        });
        request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
        request.end(JSON.stringify(VALID));
      });
      expect(status).toBe(400);
    });
  });

  it('returns a problem document for an unknown route', async ({ partner }) => {
    for (const path of ['/nope', '/partners', '/payments/', '/v1/customers']) {
      const { status, body } = await partner.get(path);
      expect({ status, type: body.type }).toEqual({ status: 404, type: 'urn:paydesk:not-found' });
    }
  });
});
