import { describe, expect, it } from 'vitest';
import { isSubscribable, mayBeSubscribable } from './subscribable-prices.js';

const PRICE = { id: 'price_1', productId: 'prod_1' };

describe('a price', () => {
  it.each([
    [[], false, false],
    [['price_1'], true, true],
    [['price_2', 'product:prod_1'], true, true],
    [['product:prod_2'], false, true],
    [['prod_1', 'price_11', 'product:'], false, true],
    [['prod_1', 'price_11'], false, false],
  ])('is subscribable under %j: %s; may be: %s', (subscribable, is, may) => {
    expect(isSubscribable(PRICE, subscribable)).toBe(is);
    expect(mayBeSubscribable(PRICE.id, subscribable)).toBe(may);
  });
});
