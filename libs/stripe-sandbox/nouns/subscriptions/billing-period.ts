import { DateTime } from 'luxon';

/** A price's billing interval. */
export interface Recurrence {
  interval: string;
  interval_count: number;
}

/** A period in Unix seconds, the end excluded. */
export interface Period {
  start: number;
  end: number;
}

/**
 * The period of a billing cycle that contains a moment, which may be before the anchor. Months are counted from the
 * anchor: a cycle that begins on the 31st ends on the last day of shorter months and returns to the 31st.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-cycle.
 */
export function periodAt(anchor: number, recurrence: Recurrence, moment: number): Period {
  let count = 1;
  while (boundary(anchor, recurrence, count - 1) > moment) count -= 1;
  while (boundary(anchor, recurrence, count) <= moment) count += 1;
  return { start: boundary(anchor, recurrence, count - 1), end: boundary(anchor, recurrence, count) };
}

function boundary(anchor: number, { interval, interval_count }: Recurrence, count: number): number {
  const start = DateTime.fromSeconds(anchor, { zone: 'utc' });
  return start.plus({ [`${interval}s`]: interval_count * count }).toUnixInteger();
}

/** The part of an amount for the time from a moment to the end of a period, in whole minor units. */
export function prorated(amountMinor: number, period: Period, from: number): number {
  return Math.round((amountMinor * (period.end - from)) / (period.end - period.start));
}

/** The part of an amount for a span within a period, in whole minor units. */
export const proratedShare = (amountMinor: number, period: Period, span: Period): number =>
  prorated(amountMinor, period, span.start) - prorated(amountMinor, period, span.end);
