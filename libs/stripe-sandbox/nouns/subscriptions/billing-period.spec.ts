import { expect, test } from 'vitest';
import { periodAt, prorated } from './billing-period.js';

const at = (text: string): number => Date.parse(`${text}T12:00:00Z`) / 1000;
const month = { interval: 'month', interval_count: 1 };

// Source: https://docs.stripe.com/billing/subscriptions/billing-cycle.
test('a monthly cycle from the 31st renews on the last day of shorter months, and on the 31st of longer ones', () => {
  const anchor = at('2027-01-31');
  expect(periodAt(anchor, month, anchor)).toEqual({ start: anchor, end: at('2027-02-28') });
  expect(periodAt(anchor, month, at('2027-02-28'))).toEqual({
    start: at('2027-02-28'),
    end: at('2027-03-31'),
  });
});

test('counts days in UTC', () => {
  const anchor = Date.parse('2027-01-30T23:00:00Z') / 1000;
  expect(periodAt(anchor, month, anchor).end).toBe(Date.parse('2027-02-28T23:00:00Z') / 1000);
});

test('supports periods of several intervals', () => {
  const anchor = at('2026-11-01');
  expect(periodAt(anchor, { interval: 'week', interval_count: 2 }, anchor).end).toBe(at('2026-11-15'));
  expect(periodAt(anchor, { interval: 'year', interval_count: 1 }, at('2028-01-01'))).toEqual({
    start: at('2027-11-01'),
    end: at('2028-11-01'),
  });
});

test('prorates by the second, rounded to whole minor units', () => {
  expect(prorated(1000, { start: 0, end: 300 }, 100)).toBe(667);
  expect(prorated(1000, { start: 0, end: 300 }, 300)).toBe(0);
});
