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

/** Whether two intervals are the same. */
export const isSameInterval = (one: Recurrence, other: Recurrence): boolean =>
  one.interval === other.interval && one.interval_count === other.interval_count;

/** Whether an interval is a whole number of shorter ones. Months have no fixed number of weeks, only of days. */
export function isMultipleOf(interval: Recurrence, shorter: Recurrence): boolean {
  const [long, short] = [lengthOf(interval), lengthOf(shorter)];
  if (long.unit === short.unit) return long.count % short.count === 0;
  return short.unit === 'day' && short.count === 1;
}

function lengthOf({ interval, interval_count: count }: Recurrence): { unit: 'day' | 'month'; count: number } {
  if (interval === 'day' || interval === 'week') {
    return { unit: 'day', count: interval === 'week' ? 7 * count : count };
  }
  return { unit: 'month', count: interval === 'year' ? 12 * count : count };
}

/** The part of an amount for the time from a moment to the end of a period, in whole minor units. */
export function prorated(amountMinor: number, period: Period, from: number): number {
  return Math.round((amountMinor * (period.end - from)) / (period.end - period.start));
}

/** The part of an amount for a span within a period, in whole minor units. */
export const proratedShare = (amountMinor: number, period: Period, span: Period): number =>
  prorated(amountMinor, period, span.start) - prorated(amountMinor, period, span.end);

/** The parts of a span that are in different periods of a billing cycle, each with its period, in order. */
export function splitByCycle(
  anchor: number,
  recurrence: Recurrence,
  { start, end }: Period,
): { period: Period; span: Period }[] {
  const parts: { period: Period; span: Period }[] = [];
  let count = 0;
  while (boundary(anchor, recurrence, count) > start) count -= 1;
  for (; boundary(anchor, recurrence, count) < end; count += 1) {
    const period = {
      start: boundary(anchor, recurrence, count),
      end: boundary(anchor, recurrence, count + 1),
    };
    const span = { start: Math.max(start, period.start), end: Math.min(end, period.end) };
    if (span.start < span.end) parts.push({ period, span });
  }
  return parts;
}

/** What a span costs at an amount for each full period of a billing cycle, in whole minor units. */
export const costOfSpan = (
  amountMinor: number,
  anchor: number,
  recurrence: Recurrence,
  span: Period,
): number =>
  splitByCycle(anchor, recurrence, span).reduce(
    (sum, part) => sum + proratedShare(amountMinor, part.period, part.span),
    0,
  );
