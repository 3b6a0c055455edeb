import { type CalendarDay, endOfDay } from '#core/calendar-day.js';
import { Problem } from '#core/problem.js';

/** When a subscription is to end: at once, when what is paid for is used up, or after a day. */
export type CancelTime = 'now' | 'endOfPeriod' | { atDay: CalendarDay };

/** Which subscription to end, named by any id of its payments, and when. */
export interface CancelCommand {
  paymentId: string;
  when: CancelTime;
}

/** What is settled about the end of a subscription. */
export interface Cancellation {
  subscriptionId: string;
  /** ISO 8601; when the subscription ends, or has ended. */
  cancelAt: string | null;
}

/**
 * The last second of a day in the business time zone, through which a subscription stays active.
 *
 * @throws {Problem} `date-in-past` where that has gone by; today has not
 */
export function lastSecondOf(day: CalendarDay, timeZone: string, now: Date): Date {
  const end = endOfDay(day, timeZone);
  if (end.getTime() > now.getTime()) return end;
  throw new Problem('date-in-past', { errors: [{ field: 'when', message: 'must not be in the past' }] });
}
