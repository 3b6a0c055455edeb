import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reduceLines, type ReducibleLine } from './reduce.js';

const percent = (id: string, percent_off: number, products: string[] | null = null) => ({
  id,
  amount_off: null,
  percent_off,
  currency: null,
  duration: 'once',
  products,
});
const fixed = (id: string, amount_off: number, currency = 'usd') => ({
  ...percent(id, 0),
  percent_off: null,
  amount_off,
  currency,
});
const line = (amount: number, more: Partial<ReducibleLine> = {}): ReducibleLine => ({
  amount,
  discountable: true,
  product: 'prod_a',
  discounts: [],
  ...more,
});

test('each discount reduces what the ones before it left', () => {
  const [reductions] = reduceLines([line(1000)], [percent('a', 25), fixed('b', 100)], 'usd');
  expect(reductions).toEqual([
    { amount: 250, discount: 'a' },
    { amount: 100, discount: 'b' },
  ]);
  const [reversed] = reduceLines([line(1000)], [fixed('b', 100), percent('a', 25)], 'usd');
  expect(reversed!.map(({ amount }) => amount)).toEqual([100, 225]);
});

test("a line's own discounts come first", () => {
  const [first, second] = reduceLines(
    [line(1000, { discounts: [fixed('own', 400)] }), line(400)],
    [percent('a', 50)],
    'usd',
  );
  expect(first).toEqual([
    { amount: 400, discount: 'own' },
    { amount: 300, discount: 'a' },
  ]);
  expect(second).toEqual([{ amount: 200, discount: 'a' }]);
});

test('a fixed amount is shared, takes at most everything, and nothing in another currency', () => {
  const amountsOf = (discount: ReturnType<typeof fixed>) =>
    reduceLines([line(100), line(200)], [discount], 'usd').map(([reduction]) => reduction!.amount);
  expect(amountsOf(fixed('a', 100))).toEqual([33, 67]);
  expect(amountsOf(fixed('a', 1000))).toEqual([100, 200]);
  expect(amountsOf(fixed('a', 100, 'eur'))).toEqual([0, 0]);
});

test('only discountable lines of the right products are reduced', () => {
  const lines = [line(100), line(100, { product: 'prod_b' }), line(100, { discountable: false }), line(-50)];
  expect(reduceLines(lines, [percent('a', 50, ['prod_a'])], 'usd')).toEqual([
    [{ amount: 50, discount: 'a' }],
    [],
    [],
    [],
  ]);
});

test('the shares add up to the whole, and no line becomes negative', () => {
  const amounts = fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 8 });
  const check = (given: number[], off: number) => {
    const reductions = reduceLines(
      given.map((amount) => line(amount)),
      [fixed('a', off)],
      'usd',
    );
    const taken = reductions.map(([reduction]) => reduction?.amount ?? 0);
    const total = given.reduce((sum, amount) => sum + amount, 0);
    expect(taken.reduce((sum, amount) => sum + amount, 0)).toBe(Math.min(off, total));
    taken.forEach((amount, index) => expect(amount).toBeLessThanOrEqual(given[index]!));
  };
  fc.assert(fc.property(amounts, fc.integer({ min: 1, max: 20_000_000 }), check), { numRuns: 200 });
});
