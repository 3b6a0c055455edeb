import { describe, expect, it } from 'vitest';
import { findSubscribable } from './subscribable-prices.js';

const PRICE = { id: 'price_1', productId: 'prod_1' };

describe('a price', () => {
  it.each([
    [[], false, false],
    [['price_1'], true, true],
    [['price_2', 'product:prod_1'], true, true],
    [['product:prod_2'], false, true],
    [['prod_1', 'price_11', 'product:'], false, true],
    [['prod_1', 'price_11'], false, false],
  ])('is subscribable under %j: %s; is read: %s', async (subscribable, isSubscribable, isRead) => {
    const reads: string[] = [];
    const found = await findSubscribable(PRICE.id, subscribable, async (id) => {
      reads.push(id);
      return PRICE;
    });
    expect(found).toBe(isSubscribable ? PRICE : undefined);
    expect(reads).toEqual(isRead ? [PRICE.id] : []);
  });

  it('is not subscribable if it is unknown', async () => {
    expect(await findSubscribable('price_1', ['price_1'], async () => undefined)).toBeUndefined();
  });
});
