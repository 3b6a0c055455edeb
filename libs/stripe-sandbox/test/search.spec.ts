import type { Stripe } from 'stripe';
import { describe, expect } from 'vitest';
import { parseQuery } from '../http/search/query.js';
import { CARD_ONLY } from './payments.js';
import { failureOf, request, test } from './support.js';

async function threeCustomers(stripe: Stripe): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const name of ['Amy', 'Bea', 'Cleo']) {
    const metadata: Record<string, string> = name === 'Bea' ? { tier: 'Gold', 'a b': 'x' } : {};
    const phone = name === 'Cleo' ? '123' : undefined;
    const email = `${name.toLowerCase()}@rocketrides.io`;
    ids[(await stripe.customers.create({ name, email, phone, metadata })).id] = name;
  }
  return ids;
}

// https://docs.stripe.com/search#search-query-language
test('queries of the language find what they ask for, newest first', async ({ stripe }) => {
  const names = await threeCustomers(stripe);
  const find = async (query: string) =>
    (await stripe.customers.search({ query })).data.map(({ id }) => names[id]).join(' ');
  expect(await find('email:"amy@rocketrides.io"')).toBe('Amy');
  expect(await find("email:'AMY@rocketrides.io'")).toBe('Amy');
  expect(await find('email~"rocket"')).toBe('Cleo Bea Amy');
  expect(await find('-name:"Amy"')).toBe('Cleo Bea');
  expect(await find('name:"amy" OR name:"cleo"')).toBe('Cleo Amy');
  expect(await find('email~"rocket" AND -name:"Amy" AND phone:null')).toBe('Bea');
  expect(await find('email~"rocket" -name:"Amy"')).toBe('Cleo Bea');
  expect(await find('-phone:NULL')).toBe('Cleo');
  expect(await find('metadata["tier"]:"gold"')).toBe('Bea');
  expect(await find("metadata['a b']:'x'")).toBe('Bea');
  expect(await find('-metadata["tier"]:null')).toBe('Bea');
  expect(await find('created>1793491199 and created<=1793491200')).toBe('Cleo Bea Amy');
  expect(await find('created>1793491200')).toBe('');
});

test('pages follow each other, and the total is counted on request', async ({ stripe, sandbox }) => {
  const names = await threeCustomers(stripe);
  const query = 'email~"rocketrides"';
  const first = await stripe.customers.search({ query, limit: 2 });
  expect(first).toMatchObject({ object: 'search_result', has_more: true, url: '/v1/customers/search' });
  expect(first).not.toHaveProperty('total_count');
  const second = await stripe.customers.search({ query, limit: 2, page: first.next_page! });
  expect(second).toMatchObject({ has_more: false, next_page: null });
  expect([...first.data, ...second.data].map(({ id }) => names[id])).toEqual(['Cleo', 'Bea', 'Amy']);
  const form = `query=${encodeURIComponent(query)}&limit=1&expand[]=total_count`;
  expect((await request(sandbox, 'GET', `/v1/customers/search?${form}`)).body).toMatchObject({
    total_count: 3,
  });
  const all = await stripe.customers.search({ query, limit: 1 }).autoPagingToArray({ limit: 10 });
  expect(all).toHaveLength(3);
  const badPage = stripe.customers.search({ query, page: 'nope' });
  expect(await failureOf(badPage)).toMatchObject({ statusCode: 400, param: 'page' });
});

test('each resource has fields of its own, and results are expanded', async ({ stripe }) => {
  const { id: customer } = await stripe.customers.create({});
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer });
  const payment = { ...CARD_ONLY, customer, payment_method: card.id, confirm: true, off_session: true };
  const intent = await stripe.paymentIntents.create({ ...payment, amount: 1500 });
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 900,
    lookup_key: 'basic',
    recurring: { interval: 'month' },
    product_data: { name: 'Basic plan' },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: card.id,
    metadata: { seat: '7' },
  });
  const charges = await stripe.charges.search({
    query: `customer:"${customer}" AND payment_method_details.card.last4:"4242" AND amount<1501 AND amount>900`,
    expand: ['data.payment_intent'],
  });
  expect(charges.data).toMatchObject([{ payment_intent: { id: intent.id } }]);
  const found = await Promise.all([
    stripe.paymentIntents.search({ query: 'amount:1500 AND status:"succeeded"' }),
    stripe.products.search({ query: 'active:"true" AND name~"basic"' }),
    stripe.prices.search({ query: 'lookup_key:"basic"' }),
    stripe.subscriptions.search({ query: 'metadata["seat"]:"7" AND status:"active"' }),
    stripe.invoices.search({ query: `subscription:"${subscription.id}" AND total>=900` }),
  ]);
  expect(found.map(({ data }) => data[0]?.id)).toEqual([
    intent.id,
    price.product,
    price.id,
    subscription.id,
    subscription.latest_invoice,
  ]);
});

test('refuses fields and operators that cannot be searched', async ({ stripe }) => {
  const refuse = async (query: string) => failureOf(stripe.customers.search({ query }));
  expect(await refuse('balance:"1"')).toMatchObject({
    statusCode: 400,
    type: 'StripeInvalidRequestError',
    message:
      'Field `balance` is an unsupported search field for resource `customers`. See http://stripe.com/docs/search#query-fields-for-customers for a list of supported fields.',
  });
  for (const query of ['email~"ab"', 'email>"x"', 'created~"123"', 'created:"soon"']) {
    expect((await refuse(query)).statusCode).toBe(400);
  }
  expect((await failureOf(stripe.customers.search({} as never))).param).toBe('query');
});

// https://docs.stripe.com/search#query-structure
describe('the language', () => {
  test('takes quotes inside of quotes', () => {
    const { clauses } = parseQuery(String.raw`description:"the story called \"The Sky and the Sea.\""`);
    expect(clauses[0]!.value).toBe('the story called "The Sky and the Sea."');
  });

  test.for([
    '',
    'email',
    'email:',
    'email:"x',
    'email:"x" AND',
    'email:"x"name:"y"',
    'email:"x" AND name:"y" OR name:"z"',
    'email:"x" name:"y" OR name:"z"',
    '(email:"x")',
    'metadata:"x"',
    'email["x"]:"y"',
    ' OR email:"x"',
  ])('refuses %j', (query) => {
    expect(() => parseQuery(query)).toThrow('We were unable to parse your search query.');
  });

  test('has at most ten clauses', () => {
    const clauses = (count: number) => Array.from({ length: count }, () => 'name:"x"').join(' AND ');
    expect(parseQuery(clauses(10)).clauses).toHaveLength(10);
    expect(() => parseQuery(clauses(11))).toThrow('up to 10');
  });
});
