import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { openBench } from '../support.js';
import { Checker } from './checker.js';
import { loadSchemas } from './load.js';

const checker = new Checker(await loadSchemas());

async function customer(): Promise<Stripe.Customer> {
  const { stripe } = await openBench();
  const { lastResponse: _, ...created } = await stripe.customers.create({ email: 'ada@example.com' });
  return created;
}

test('accepts resources that match the types of stripe-node', async () => {
  expect(checker.problemsOf(await customer())).toEqual([]);
  expect(checker.problemsOf({ id: 'cus_1', object: 'customer', deleted: true })).toEqual([]);
});

test.for<[string, object, RegExp]>([
  ['a missing field', { livemode: undefined }, /^customer\.livemode: is missing$/],
  ['an unknown field', { colour: 'red' }, /^customer\.colour: is not in the types$/],
  ['another primitive', { created: 'now' }, /^customer\.created: "now" is not a number$/],
  ['a null where there is none', { metadata: null }, /^customer\.metadata: null is not a hash$/],
  [
    'a value outside an enum',
    { tax_exempt: 'maybe' },
    /^customer\.tax_exempt: "maybe" does not match .*"reverse"/,
  ],
  ['a wrong nested field', { address: { city: 7 } }, /^customer\.address\.city: 7 does not match/],
  ['a wrong item', { preferred_locales: [1] }, /^customer\.preferred_locales\[0\]: 1 is not a string$/],
  ['a wrong value in a hash', { metadata: { a: 1 } }, /^customer\.metadata\.a: 1 is not a string$/],
  ['a deleted field on a live object', { deleted: false }, /^customer\.deleted: false is not allowed$/],
  [
    'a wrong expanded object',
    { test_clock: { object: 'test_helpers.test_clock' } },
    /test_clock\.id: is missing/,
  ],
  [
    'an object in place of an id',
    { customer_account: { object: 'account' } },
    /^customer\.customer_account: /,
  ],
])('reports %s', async ([, change, problem]) => {
  const problems = checker.problemsOf({ ...(await customer()), ...change });
  expect(problems).toContainEqual(expect.stringMatching(problem));
});

test('checks the resources in lists, events and errors', async () => {
  const wrong = { ...(await customer()), name: 7 };
  const list = { object: 'list', data: [wrong], has_more: false, url: '/v1/customers' };
  expect(checker.problemsOf(list)).toEqual([expect.stringContaining('list.data[0].name')]);
  expect(checker.problemsOf({ ...list, has_more: undefined })).toEqual(['list: is not a list']);
  const event = {
    id: 'evt_1',
    object: 'event',
    api_version: null,
    created: 1,
    data: { object: wrong },
    livemode: false,
    pending_webhooks: 0,
    request: null,
    type: 'customer.created',
  };
  expect(checker.problemsOf(event)).toEqual([expect.stringContaining('event.data.object.name')]);
  const error = { error: { type: 'card_error', payment_intent: { object: 'payment_intent' } } };
  expect(checker.problemsOf(error)).toContain('error.payment_intent.amount: is missing');
  expect(checker.problemsOf({ object: 'unheard_of' })).toEqual([
    'unheard_of: no resource is called unheard_of',
  ]);
});
