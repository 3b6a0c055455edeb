import { describe, expect, it } from 'vitest';
import { lastSecondOf } from './subscription.js';

const day = { year: 2026, month: 11, day: 22 };

describe('lastSecondOf', () => {
  it.each([
    ['of a day to come', 'UTC', '2026-11-01T00:00:00Z', '2026-11-22T23:59:59.000Z'],
    ['of today', 'UTC', '2026-11-22T23:59:58Z', '2026-11-22T23:59:59.000Z'],
    ['in the business time zone', 'Europe/Rome', '2026-11-22T22:00:00Z', '2026-11-22T22:59:59.000Z'],
    [
      'where the day has not begun yet',
      'Pacific/Auckland',
      '2026-11-21T00:00:00Z',
      '2026-11-22T10:59:59.000Z',
    ],
  ])('%s', (_which, timeZone, now, end) => {
    expect(lastSecondOf(day, timeZone, new Date(now)).toISOString()).toBe(end);
  });

  it.each([
    ['UTC', '2026-11-23T00:00:00Z'],
    ['UTC', '2026-11-22T23:59:59Z'],
    ['Europe/Rome', '2026-11-22T23:00:00Z'],
    ['UTC', '2027-11-22T00:00:00Z'],
  ])('refuses a day that is over in %s at %s', (timeZone, now) => {
    expect(() => lastSecondOf(day, timeZone, new Date(now))).toThrow(
      expect.objectContaining({
        slug: 'date-in-past',
        extras: { errors: [{ field: 'when', message: 'must not be in the past' }] },
      }),
    );
  });
});
