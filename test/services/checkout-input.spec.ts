import { describe, expect } from 'vitest';
import { paydeskTest } from '../support/paydesk-test.js';
import { redirects } from '../support/hosted-page.js';

const tea = { productName: 'Tea', unitAmount: '2.00', quantity: 1 };
const monthlyTea = { ...tea, interval: 'month' };

const times = (count: number, product: object) => Array.from({ length: count }, () => product);

const it = paydeskTest().extend('refusal', ({ paydesk, shop }) => async (path: string, body: unknown) => {
  const callsBefore = paydesk.stripeCalls.length;
  const answer = await shop.post(path, body);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(paydesk.stripeCalls.slice(callsBefore)).toEqual([]);
  return { status: answer.status, fields: answer.body.errors?.map((e: { field: string }) => e.field) };
});

describe('bad input to /pay and /pay/recurrent', () => {
  it.for([
    ['nothing', {}, ['successRedirect', 'failureRedirect']],
    ['neither amount nor products', redirects, ['amount', 'products']],
    ['both', { ...redirects, amount: '5.00', products: [tea] }, ['amount', 'products']],
    ['an unknown property', { ...redirects, amount: '5.00', amuont: '5.00' }, ['body']],
    ['a property named like a method', { ...redirects, amount: '5.00', items: [] }, ['body']],
    [
      'a product with a property named like a method',
      { ...redirects, products: [{ ...tea, toItem: 1 }] },
      ['products[0]'],
    ],
    ['an interval', { ...redirects, amount: '5.00', interval: 'month' }, ['body']],
    ['an amount that is a number', { ...redirects, amount: 5 }, ['amount']],
    ['an amount of null', { ...redirects, amount: null }, ['amount']],
    ['a foreign currency', { ...redirects, amount: '5.00', currency: 'xyz' }, ['currency']],
    ['an upper-case currency', { ...redirects, amount: '5.00', currency: 'USD' }, ['currency']],
    ['a tenant alone', { ...redirects, amount: '5.00', tenant: 'acme' }, ['tenant']],
    ['a dot segment as a user id', { ...redirects, amount: '5.00', userId: '..' }, ['userId']],
    [
      'the tenant of another identity provider',
      { ...redirects, amount: '5.00', userId: 'bob', tenant: 'issuer:another' },
      ['tenant'],
    ],
    ['a partner with a slash', { ...redirects, amount: '5.00', userId: 'bob', tenant: 'a/b' }, ['tenant']],
    [
      'a long id of the caller',
      { ...redirects, amount: '5.00', shopTransactionID: 'x'.repeat(201) },
      ['shopTransactionID'],
    ],
    [
      'a long id of the caller with few characters',
      { ...redirects, amount: '5.00', shopTransactionID: '\u2764\ufe0f'.repeat(150) },
      ['shopTransactionID'],
    ],
    [
      'a dot segment as a product',
      { ...redirects, products: [{ quantity: 1, unitAmount: '1.00', productId: '..' }] },
      ['products[0].productId'],
    ],
    [
      'a control character in a price',
      { ...redirects, products: [{ quantity: 1, priceId: 'a\u0000b' }] },
      ['products[0].priceId'],
    ],
    ['no products', { ...redirects, products: [] }, ['products']],
    ['101 products', { ...redirects, products: times(101, tea) }, ['products']],
    ['products by name', { ...redirects, products: { tea } }, ['products']],
    ['products of null', { ...redirects, products: null }, ['products']],
    ['a product of null', { ...redirects, products: [null] }, ['products']],
    ['a product that is a list', { ...redirects, products: [[tea]] }, ['products']],
    ['a product that is a text', { ...redirects, products: ['tea'] }, ['products']],
  ] as const)('refuses %s', async ([_what, body, fields], { refusal }) => {
    expect(await refusal('/pay', body)).toEqual({ status: 400, fields });
  });

  it.for([
    '0',
    '0.00',
    '-5',
    '+5',
    '5.0',
    '5.000',
    '5,00',
    '1e3',
    '0x5',
    ' 5',
    '5 ',
    '٥',
    '',
    '.5',
    '5.',
    '05',
  ])('refuses the amount %j', async (amount, { refusal }) => {
    expect(await refusal('/pay', { ...redirects, amount })).toEqual({ status: 400, fields: ['amount'] });
  });

  it.for([
    ['5.00', 'jpy'],
    ['5.00', 'kwd'],
    ['5.121', 'kwd'],
    ['5.120', 'usd'],
  ] as const)('refuses the amount %s in %s', async ([amount, currency], { refusal }) => {
    expect(await refusal('/pay', { ...redirects, amount, currency })).toEqual({
      status: 400,
      fields: ['amount'],
    });
  });

  // https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
  it.for([
    ['0.49', 'usd'],
    ['1000000.00', 'usd'],
    ['49', 'jpy'],
  ] as const)('refuses to charge %s in %s', async ([amount, currency], { refusal }) => {
    expect(await refusal('/pay', { ...redirects, amount, currency })).toEqual({
      status: 422,
      fields: ['amount'],
    });
  });

  it('refuses to charge too little for products', async ({ refusal }) => {
    const products = [{ ...tea, unitAmount: '0.12', quantity: 4 }];
    expect(await refusal('/pay', { ...redirects, products })).toEqual({ status: 422, fields: ['products'] });
  });

  it.for([
    ['no quantity', { productName: 'Tea', unitAmount: '2.00' }, 'quantity'],
    ['a quantity of zero', { ...tea, quantity: 0 }, 'quantity'],
    ['half a quantity', { ...tea, quantity: 0.5 }, 'quantity'],
    ['a quantity in a text', { ...tea, quantity: '1' }, 'quantity'],
    ['no unitAmount', { productName: 'Tea', quantity: 1 }, 'unitAmount'],
    ['a negative unitAmount', { ...tea, unitAmount: '-2.00' }, 'unitAmount'],
    ['a unitAmount of too few decimals', { ...tea, unitAmount: '2.0' }, 'unitAmount'],
    ['two kinds at once', { ...tea, productId: 'prod_1' }, undefined],
    ['a Price with a unitAmount', { priceId: 'price_1', quantity: 1, unitAmount: '2.00' }, undefined],
    ['a nested id', { priceId: { id: 'price_1' }, quantity: 1 }, 'priceId'],
    ['an interval', monthlyTea, undefined],
    ['an empty name', { ...tea, productName: '' }, 'productName'],
  ] as const)('refuses a product with %s', async ([_what, product, field], { refusal }) => {
    expect(await refusal('/pay', { ...redirects, products: [tea, product] })).toEqual({
      status: 400,
      fields: [field === undefined ? 'products[1]' : `products[1].${field}`],
    });
  });

  it.for([
    'http://example.com/ok',
    'https://evil.example/ok',
    'javascript:alert(1)',
    'ok',
    'https://a:b@example.com',
  ])('refuses to redirect to %s', async (url, { refusal }) => {
    const body = { amount: '5.00', successRedirect: url, failureRedirect: url };
    expect(await refusal('/pay', body)).toEqual({
      status: 400,
      fields: ['successRedirect', 'failureRedirect'],
    });
  });

  it.for([
    ['an amount without an interval', { amount: '5.00' }, ['interval']],
    ['an unknown interval', { amount: '5.00', interval: 'hour' }, ['interval']],
    ['intervals of zero', { amount: '5.00', interval: 'day', intervalCount: 0 }, ['intervalCount']],
    ['over three years', { amount: '5.00', interval: 'month', intervalCount: 37 }, ['intervalCount']],
    ['an interval of products', { products: [monthlyTea], interval: 'month' }, ['interval']],
    ['a product without an interval', { products: [tea] }, ['products[0].interval']],
    [
      'a Price with an interval',
      { products: [{ priceId: 'price_1', quantity: 1, interval: 'month' }] },
      ['products[0]'],
    ],
    [
      'a product of over three years',
      { products: [{ ...monthlyTea, interval: 'year', intervalCount: 4 }] },
      ['products[0].intervalCount'],
    ],
    ['21 products', { products: times(21, monthlyTea) }, ['products']],
    [
      'products with different billing periods',
      { products: [monthlyTea, { ...monthlyTea, intervalCount: 2 }, { ...tea, interval: 'week' }] },
      ['products[1].intervalCount', 'products[2].interval'],
    ],
  ] as const)('refuses a subscription with %s', async ([_what, body, fields], { refusal }) => {
    expect(await refusal('/pay/recurrent', { ...redirects, ...body })).toEqual({ status: 400, fields });
  });

  it('never returns the input', async ({ shop }) => {
    const { body } = await shop.post('/pay', { ...redirects, amount: '<b>5</b>', '<i>': '<u>' });
    expect(JSON.stringify(body)).not.toMatch(/[<>]/);
  });

  it('allows only services', async ({ paydesk }) => {
    const body = { ...redirects, amount: '5.00' };
    expect((await paydesk.stranger().post('/pay', body)).status).toBe(401);
    expect((await (await paydesk.user('u')).post('/pay', body)).status).toBe(403);
    expect((await (await paydesk.partner('p')).post('/pay', body)).status).toBe(403);
  });
});
