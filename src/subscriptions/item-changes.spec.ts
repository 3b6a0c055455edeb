import { describe, expect, it } from 'vitest';
import { hasItems, itemChanges } from './item-changes.js';

function item(id: string, priceId: string, quantity = 1) {
  return { id, priceId, productId: 'prod_1', currency: 'usd', quantity };
}

const TEA = item('si_tea', 'price_tea');
const CAKE = item('si_cake', 'price_cake', 2);

describe('itemChanges', () => {
  it.each([
    ['another quantity', [TEA], [{ priceId: 'price_tea', quantity: 3 }]],
    ['another price', [TEA], [{ priceId: 'price_milk', quantity: 1 }]],
  ] as const)('changes an item in its place for %s', (_case, current, wanted) => {
    const [{ priceId, quantity }] = wanted;
    expect(itemChanges(current, wanted)).toEqual([{ id: 'si_tea', price: priceId, quantity }]);
  });

  it('keeps what is wanted, replaces what is not, and deletes the rest', () => {
    const wanted = [
      { priceId: 'price_cake', quantity: 1 },
      { priceId: 'price_milk', quantity: 2 },
    ];
    expect(itemChanges([TEA, CAKE, item('si_jam', 'price_jam')], wanted)).toEqual([
      { id: 'si_cake', price: 'price_cake', quantity: 1 },
      { id: 'si_tea', price: 'price_milk', quantity: 2 },
      { id: 'si_jam', deleted: true },
    ]);
  });

  it('adds what has no place', () => {
    const wanted = [
      { priceId: 'price_tea', quantity: 1 },
      { priceId: 'price_milk', quantity: 2 },
    ];
    expect(itemChanges([TEA], wanted)).toEqual([
      { id: 'si_tea', price: 'price_tea', quantity: 1 },
      { price: 'price_milk', quantity: 2 },
    ]);
  });
});

describe('hasItems', () => {
  it.each([
    [[TEA, CAKE], true],
    [[CAKE, TEA], true],
    [[TEA], false],
    [[TEA, item('si_cake', 'price_cake', 1)], false],
    [[TEA, CAKE, item('si_jam', 'price_jam')], false],
  ])('compares prices and quantities: %o', (current, expected) => {
    const wanted = [
      { priceId: 'price_tea', quantity: 1 },
      { priceId: 'price_cake', quantity: 2 },
    ];
    expect(hasItems(current, wanted)).toBe(expected);
  });
});
