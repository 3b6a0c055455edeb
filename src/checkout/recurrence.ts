import { type FieldError, invalidField } from '#core/problem.js';

export const INTERVALS = ['day', 'week', 'month', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

/** How often a subscription is billed: once in `intervalCount` intervals. */
export interface Recurrence {
  readonly interval: Interval;
  readonly intervalCount: number;
}

/** Three years: https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count */
const INTERVAL_COUNT_MAX: Readonly<Record<Interval, number>> = { day: 1095, week: 156, month: 36, year: 3 };

/**
 * The recurrence that the fields `interval` and `intervalCount` of an object of the request ask for.
 *
 * @param path of that object, such as `products[0].`; empty for the request itself
 * @throws {Problem} `invalid-request` for more than three years
 */
export function recurrenceOf(path: string, interval: Interval, intervalCount = 1): Recurrence {
  const most = INTERVAL_COUNT_MAX[interval];
  if (intervalCount > most) {
    throw invalidField(`${path}intervalCount`, `must be at most ${most}, which is three years`);
  }
  return { interval, intervalCount };
}

/** A product of the request, as far as billing periods go; `recurrence` is absent while it is not known. */
export interface RecurringProduct {
  /** Its path in the request, such as `products[0]`. */
  path: string;
  /** A Price brings its recurrence with it, so its id is what to change. */
  isPrice: boolean;
  recurrence?: Recurrence | undefined;
}

/** Names each product that is not billed as often as the first one whose recurrence is known. */
export function differingRecurrences(products: readonly RecurringProduct[]): FieldError[] {
  const [first, ...others] = products.filter(({ recurrence }) => recurrence !== undefined);
  return others.flatMap(({ path, isPrice, recurrence }) => {
    const field = differingField(first?.recurrence, recurrence);
    if (!field) return [];
    return [
      {
        field: `${path}.${isPrice ? 'priceId' : field}`,
        message: `must be billed as often as ${first?.path}`,
      },
    ];
  });
}

function differingField(a: Recurrence | undefined, b: Recurrence | undefined): keyof Recurrence | undefined {
  if (a?.interval !== b?.interval) return 'interval';
  return a?.intervalCount === b?.intervalCount ? undefined : 'intervalCount';
}
