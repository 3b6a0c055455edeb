import { DateTime, IANAZone } from 'luxon';

/** A day of the Gregorian calendar, without a time zone. Month and day count from 1. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The text is not a calendar day. The message follows a field's name and never repeats the input. */
export class CalendarDayError extends Error {
  override readonly name = 'CalendarDayError';

  constructor() {
    super('must be a calendar day in the form dd/MM/yyyy');
  }
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAY_MONTH_YEAR = /^([0-9]{2})\/([0-9]{2})\/([0-9]{4})$/;

/**
 * Parses `dd/MM/yyyy`.
 *
 * @throws {CalendarDayError} for another format, or a day that does not exist (31/02/2026)
 */
export function parseCalendarDay(text: string): CalendarDay {
  const [, day, month, year] = (DAY_MONTH_YEAR.exec(text) ?? []).map(Number);
  // There is no year 0: 1 BC is followed by AD 1.
  if (!day || !month || !year || !DateTime.utc(year, month, day).isValid) throw new CalendarDayError();
  return { year, month, day };
}

/** Formats a day as `yyyy-MM-dd`, which is how PostgreSQL reads a date. */
export function formatIsoDay({ year, month, day }: CalendarDay): string {
  return DateTime.utc(year, month, day).toISODate() ?? '';
}

/** Compares two days: negative if `a` is before `b`, positive if it is after, 0 if they are the same day. */
export function compareDays(a: CalendarDay, b: CalendarDay): number {
  return a.year - b.year || a.month - b.month || a.day - b.day;
}

/** Whether the text is the name of an IANA time zone, such as "Europe/Rome" or "UTC". */
export function isTimeZone(text: string): boolean {
  return IANAZone.isValidZone(text);
}

/**
 * The local calendar day in a time zone at an instant.
 *
 * @throws {RangeError} for an invalid instant or zone
 */
export function calendarDayAt(instant: Date, timeZone: string): CalendarDay {
  const { isValid, year, month, day } = DateTime.fromJSDate(instant, { zone: timeZone });
  if (!isValid) throw new RangeError('not an instant in an IANA time zone');
  return { year, month, day };
}

/**
 * The last second of a day in a time zone: 23:59:59, except on days that a clock change cuts short.
 * For a day that the zone skipped (Samoa, 2011-12-30), the last second of the day before.
 *
 * @throws {RangeError} for an invalid day or zone
 */
export function endOfDay(day: CalendarDay, timeZone: string): Date {
  const nextMidnightUtcMs = DateTime.utc(day.year, day.month, day.day).plus({ days: 1 }).toMillis();
  const zone = IANAZone.create(timeZone);
  // Luxon picks the wrong offset at some clock changes, so try the offsets of both sides and keep the later match.
  const endsMs = [-DAY_MS, DAY_MS]
    .map((distanceMs) => zone.offset(nextMidnightUtcMs + distanceMs))
    .map((offsetMinutes) => nextMidnightUtcMs - offsetMinutes * MINUTE_MS - SECOND_MS)
    .filter((endMs) => compareDays(calendarDayAt(new Date(endMs), timeZone), day) <= 0);
  return new Date(Math.max(...endsMs));
}
