import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CalendarDay,
  calendarDayAt,
  CalendarDayError,
  compareDays,
  endOfDay,
  isTimeZone,
  parseCalendarDay,
} from './calendar-day.js';

const DAY_MS = 86_400_000;

const anyZone = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'));
const anyUtcMidnight = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2060-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / DAY_MS) * DAY_MS));

function dayOfUtc(date: Date): CalendarDay {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function written({ year, month, day }: CalendarDay): string {
  return [String(day).padStart(2, '0'), String(month).padStart(2, '0'), String(year).padStart(4, '0')].join(
    '/',
  );
}

function isAccepted(text: string): boolean {
  try {
    parseCalendarDay(text);
    return true;
  } catch {
    return false;
  }
}

describe('parseCalendarDay', () => {
  it.each([
    ['31/12/2022', { year: 2022, month: 12, day: 31 }],
    ['01/02/2026', { year: 2026, month: 2, day: 1 }],
    ['29/02/2028', { year: 2028, month: 2, day: 29 }],
    ['29/02/2000', { year: 2000, month: 2, day: 29 }],
    ['01/01/0001', { year: 1, month: 1, day: 1 }],
  ])('reads %s', (text, day) => {
    expect(parseCalendarDay(text)).toEqual(day);
  });

  it.each([
    '31/02/2026',
    '31/04/2026',
    '29/02/2026',
    '29/02/1900',
    '00/01/2026',
    '01/00/2026',
    '01/13/2026',
    '01/01/0000',
  ])('refuses %s, which no calendar has', (text) => {
    expect(() => parseCalendarDay(text)).toThrow(CalendarDayError);
  });

  it.each([
    '',
    '1/2/2026',
    '01/2/2026',
    '01/02/26',
    '01/02/02026',
    '01022026',
    '01-02-2026',
    '01.02.2026',
    '2026-02-01',
    '2026/02/01',
    '+1/02/2026',
    ' 01/02/2026',
    '01/02/2026 ',
    '01/02/2026\n',
    '01/02/2026T00:00',
    '\u0660\u0661/\u0660\u0662/\u0662\u0660\u0662\u0666',
  ])('refuses %j, which is not dd/MM/yyyy', (text) => {
    expect(() => parseCalendarDay(text)).toThrow(CalendarDayError);
  });

  it('reads every day as it is written', () => {
    fc.assert(
      fc.property(anyUtcMidnight, (date) => {
        expect(parseCalendarDay(written(dayOfUtc(date)))).toEqual(dayOfUtc(date));
      }),
    );
  });

  it('accepts a day exactly when the calendar of JavaScript has it', () => {
    const anyNumbers = fc.tuple(fc.integer({ min: 1900, max: 2100 }), fc.nat(13), fc.nat(32));
    fc.assert(
      fc.property(anyNumbers, ([year, month, day]) => {
        const rolledOver = dayOfUtc(new Date(Date.UTC(year, month - 1, day)));
        const exists = compareDays(rolledOver, { year, month, day }) === 0;
        expect(isAccepted(written({ year, month, day }))).toBe(exists);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('compareDays', () => {
  it('orders days as the instants of their midnights', () => {
    fc.assert(
      fc.property(anyUtcMidnight, anyUtcMidnight, (a, b) => {
        expect(Math.sign(compareDays(dayOfUtc(a), dayOfUtc(b)))).toBe(Math.sign(a.getTime() - b.getTime()));
      }),
    );
  });

  it('puts the next day after a day', () => {
    fc.assert(
      fc.property(anyUtcMidnight, (date) => {
        const next = dayOfUtc(new Date(date.getTime() + DAY_MS));
        expect(compareDays(next, dayOfUtc(date))).toBeGreaterThan(0);
        expect(compareDays(dayOfUtc(date), next)).toBeLessThan(0);
        expect(compareDays(next, { ...next })).toBe(0);
      }),
    );
  });
});

describe('isTimeZone', () => {
  it.each(['UTC', 'Europe/Rome', 'America/Argentina/Buenos_Aires'])('knows %s', (text) => {
    expect(isTimeZone(text)).toBe(true);
  });

  it.each(['', 'local', 'Rome', 'Europe/Atlantis', 'Europe/Rome '])('does not know %j', (text) => {
    expect(isTimeZone(text)).toBe(false);
  });
});

describe('calendarDayAt', () => {
  it.each([
    ['UTC', { year: 2026, month: 3, day: 1 }],
    ['Pacific/Auckland', { year: 2026, month: 3, day: 1 }],
    ['America/New_York', { year: 2026, month: 2, day: 28 }],
  ])('shows the day of %s', (timeZone, day) => {
    expect(calendarDayAt(new Date('2026-03-01T02:00:00Z'), timeZone)).toEqual(day);
  });

  it('refuses an unknown zone and an invalid instant', () => {
    expect(() => calendarDayAt(new Date('2026-03-01T02:00:00Z'), 'Europe/Atlantis')).toThrow(RangeError);
    expect(() => calendarDayAt(new Date(Number.NaN), 'UTC')).toThrow(RangeError);
  });
});

describe('endOfDay', () => {
  it.each([
    ['in winter', '31/12/2022', 'Europe/Rome', '2022-12-31T22:59:59.000Z'],
    ['in summer', '01/07/2026', 'Europe/Rome', '2026-07-01T21:59:59.000Z'],
    ['of a day of 23 hours', '29/03/2026', 'Europe/Rome', '2026-03-29T21:59:59.000Z'],
    ['of a day of 25 hours', '25/10/2026', 'Europe/Rome', '2026-10-25T22:59:59.000Z'],
    ['at the end of February', '28/02/2026', 'UTC', '2026-02-28T23:59:59.000Z'],
    ['when the next midnight does not exist', '23/04/2026', 'Africa/Cairo', '2026-04-23T21:59:59.000Z'],
    ['when its own midnight does not exist', '24/04/2026', 'Africa/Cairo', '2026-04-24T20:59:59.000Z'],
    ['when the next midnight comes twice', '31/10/2026', 'America/Havana', '2026-11-01T03:59:59.000Z'],
    ['when its last hour does not exist', '28/03/2026', 'America/Nuuk', '2026-03-29T00:59:59.000Z'],
    ['when its last hour comes twice', '17/02/2018', 'America/Sao_Paulo', '2018-02-18T02:59:59.000Z'],
    ['of a day that was skipped', '30/12/2011', 'Pacific/Apia', '2011-12-30T09:59:59.000Z'],
  ])('%s', (_when, text, timeZone, iso) => {
    expect(endOfDay(parseCalendarDay(text), timeZone).toISOString()).toBe(iso);
  });

  it('is the last second of the day in every zone', () => {
    fc.assert(
      fc.property(anyUtcMidnight, anyZone, (date, timeZone) => {
        const day = dayOfUtc(date);
        // The only days since 2000 that a zone has skipped whole; see the table above.
        fc.pre(!(written(day) === '30/12/2011' && /Apia|Fakaofo/.test(timeZone)));
        const end = endOfDay(day, timeZone);
        expect(calendarDayAt(end, timeZone)).toEqual(day);
        const nextDay = calendarDayAt(new Date(end.getTime() + 1000), timeZone);
        expect(compareDays(nextDay, day)).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses an unknown zone', () => {
    expect(() => endOfDay({ year: 2026, month: 1, day: 1 }, 'Europe/Atlantis')).toThrow(RangeError);
  });
});
