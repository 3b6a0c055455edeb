import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { LATEST_VERSION } from '../http/versions.js';
import { Store } from './store.js';

test('a rollback leaves entities of the same second in their order', () => {
  const store = new Store();
  const { coupons } = store;
  for (const id of ['first', 'second', 'third']) coupons.insert({ id, created: 1 } as Stripe.Coupon);
  store.commit(() => undefined, { requestId: null, idempotencyKey: null, version: LATEST_VERSION });
  coupons.remove('first');
  coupons.insert({ id: 'first', created: 2 } as Stripe.Coupon);
  coupons.remove('second');
  store.rollback();
  expect([...coupons.oldestFirst()].map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  coupons.insert({ id: 'fourth', created: 1 } as Stripe.Coupon);
  expect([...coupons.newestFirst()].map(({ id }) => id)).toEqual(['fourth', 'third', 'second', 'first']);
});
