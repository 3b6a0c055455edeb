import { type CalendarDay, endOfDay } from '#core/calendar-day.js';
import { Problem } from '#core/problem.js';

export const NOT_A_SUBSCRIPTION = 'must be the id of a subscription or of one of its payments';

/** When to end a subscription: immediately, at the end of the current billing period, or at the end of a day. */
export type CancelTime = 'now' | 'endOfPeriod' | { atDay: CalendarDay };

/** Which subscription to end, by its id or that of any of its payments, and when. */
export interface CancelCommand {
  paymentId: string;
  when: CancelTime;
}

/** The scheduled or actual end of a subscription. */
export interface Cancellation {
  subscriptionId: string;
  /** ISO 8601; when the subscription ends or ended. */
  cancelAt: string | null;
}

/**
 * The last second of a day in a time zone.
 *
 * @throws {Problem} `date-in-past` if the day is over; today is allowed
 */
export function lastSecondOf(day: CalendarDay, timeZone: string, now: Date): Date {
  const end = endOfDay(day, timeZone);
  if (end.getTime() > now.getTime()) return end;
  throw new Problem('date-in-past', { errors: [{ field: 'when', message: 'must not be in the past' }] });
}
