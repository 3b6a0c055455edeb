import { describe, expect, it } from 'vitest';
import { differingRecurrences, recurrenceOf, type ItemRecurrence } from './recurrence.js';

const monthly = { interval: 'month', intervalCount: 1 } as const;
const quarterly = { interval: 'month', intervalCount: 3 } as const;
const yearly = { interval: 'year', intervalCount: 1 } as const;

function items(...recurrences: ItemRecurrence['recurrence'][]): ItemRecurrence[] {
  return recurrences.map((recurrence, index) => ({ path: `items[${index}]`, isPrice: false, recurrence }));
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
  it('finds nothing where all have the same period', () => {
    expect(differingRecurrences([])).toEqual([]);
    expect(differingRecurrences(items(monthly))).toEqual([]);
    expect(differingRecurrences(items(monthly, { ...monthly }, { ...monthly }))).toEqual([]);
  });

  it('names each that differs from the first, by what differs', () => {
    const fields = differingRecurrences(items(monthly, yearly, monthly, quarterly)).map((e) => e.field);
    expect(fields).toEqual(['items[1].recurrence.interval', 'items[3].recurrence.intervalCount']);
  });

  it('does not take twelve months for a year', () => {
    expect(differingRecurrences(items(yearly, { interval: 'month', intervalCount: 12 }))).toHaveLength(1);
  });

  it('names a Price by its id', () => {
    const price = { path: 'items[1]', isPrice: true, recurrence: yearly };
    expect(differingRecurrences([...items(monthly), price])).toEqual([
      { field: 'items[1].priceId', message: 'must have the same billing period as the other products' },
    ]);
  });

  it('leaves out what is not known', () => {
    expect(differingRecurrences(items(undefined, monthly, undefined))).toEqual([]);
    expect(differingRecurrences(items(undefined, monthly, yearly)).map((e) => e.field)).toEqual([
      'items[2].recurrence.interval',
    ]);
  });
});
