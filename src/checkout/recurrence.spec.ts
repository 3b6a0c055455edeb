import { describe, expect, it } from 'vitest';
import { differingRecurrences, recurrenceOf, type RecurringProduct } from './recurrence.js';

const monthly = { interval: 'month', intervalCount: 1 } as const;
const quarterly = { interval: 'month', intervalCount: 3 } as const;
const yearly = { interval: 'year', intervalCount: 1 } as const;

function products(...recurrences: RecurringProduct['recurrence'][]): RecurringProduct[] {
  return recurrences.map((recurrence, index) => ({ path: `products[${index}]`, isPrice: false, recurrence }));
}

describe('recurrenceOf', () => {
  it('is every single interval unless told otherwise', () => {
    expect(recurrenceOf('', 'week')).toEqual({ interval: 'week', intervalCount: 1 });
  });

  it.each([
    ['day', 1095],
    ['week', 156],
    ['month', 36],
    ['year', 3],
  ] as const)('goes up to three years of %ss', (interval, most) => {
    expect(recurrenceOf('', interval, most)).toEqual({ interval, intervalCount: most });
    expect(() => recurrenceOf('products[1].', interval, most + 1)).toThrow(
      expect.objectContaining({
        slug: 'invalid-request',
        extras: { errors: [expect.objectContaining({ field: 'products[1].intervalCount' })] },
      }),
    );
  });
});

describe('differingRecurrences', () => {
  it('finds nothing where all are billed as often', () => {
    expect(differingRecurrences([])).toEqual([]);
    expect(differingRecurrences(products(monthly))).toEqual([]);
    expect(differingRecurrences(products(monthly, { ...monthly }, { ...monthly }))).toEqual([]);
  });

  it('names each that differs from the first, by what differs', () => {
    const fields = differingRecurrences(products(monthly, yearly, monthly, quarterly)).map((e) => e.field);
    expect(fields).toEqual(['products[1].interval', 'products[3].intervalCount']);
  });

  it('does not take twelve months for a year', () => {
    expect(differingRecurrences(products(yearly, { interval: 'month', intervalCount: 12 }))).toHaveLength(1);
  });

  it('names a Price by its id', () => {
    const price = { path: 'products[1]', isPrice: true, recurrence: yearly };
    expect(differingRecurrences([...products(monthly), price])).toEqual([
      { field: 'products[1].priceId', message: 'must be billed as often as products[0]' },
    ]);
  });

  it('leaves out what is not known', () => {
    expect(differingRecurrences(products(undefined, monthly, undefined))).toEqual([]);
    expect(differingRecurrences(products(undefined, monthly, yearly)).map((e) => e.field)).toEqual([
      'products[2].interval',
    ]);
  });
});
