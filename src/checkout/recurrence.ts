import { type FieldError, invalidField } from '#core/problem.js';

export const INTERVALS = ['day', 'week', 'month', 'year'] as const;
/** The unit of a billing period. */
export type Interval = (typeof INTERVALS)[number];

/** The billing period of a subscription: `intervalCount` intervals. */
export interface Recurrence {
  readonly interval: Interval;
  readonly intervalCount: number;
}

/** Three years: https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count */
const INTERVAL_COUNT_MAX: Readonly<Record<Interval, number>> = { day: 1095, week: 156, month: 36, year: 3 };

/**
 * Makes a recurrence of an interval and a count of intervals.
 *
 * @param path prefix of the field `intervalCount` in the caller's request, such as `products[0].`; may be empty
 * @throws {Problem} `invalid-request` for more than three years
 */
export function recurrenceOf(path: string, interval: Interval, intervalCount = 1): Recurrence {
  const max = INTERVAL_COUNT_MAX[interval];
  if (intervalCount > max) {
    throw invalidField(`${path}intervalCount`, `must be at most ${max} (three years)`);
  }
  return { interval, intervalCount };
}

/** The billing period of one item; `recurrence` is absent while it is not known. */
export interface ItemRecurrence {
  /** Path of the item in the command, such as `items[0]`. */
  path: string;
  /** A Price has a recurrence of its own, so a problem names its id. */
  isPrice: boolean;
  recurrence?: Recurrence | undefined;
}

/** Returns an error for each item whose billing period differs from the first known one. Items without one are skipped. */
export function differingRecurrences(items: readonly ItemRecurrence[]): FieldError[] {
  const [first, ...others] = items.filter(({ recurrence }) => recurrence !== undefined);
  return others.flatMap(({ path, isPrice, recurrence }) => {
    const field = differingField(first?.recurrence, recurrence);
    if (!field) return [];
    const message = 'must have the same billing period as the other products';
    return [{ field: `${path}.${isPrice ? 'priceId' : `recurrence.${field}`}`, message }];
  });
}

function differingField(a: Recurrence | undefined, b: Recurrence | undefined): keyof Recurrence | undefined {
  if (a?.interval !== b?.interval) return 'interval';
  return a?.intervalCount === b?.intervalCount ? undefined : 'intervalCount';
}
