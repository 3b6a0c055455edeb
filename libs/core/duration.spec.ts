import { describe, expect, it } from 'vitest';
import { parseDurationMs } from './duration.js';

describe('parseDurationMs', () => {
  it.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['90d', 7_776_000_000],
    ['999999d', 86_399_913_600_000],
  ])('reads %s as %i ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each([
    '',
    '1',
    'd',
    '0d',
    '-1d',
    '1.5h',
    '1e3s',
    '01d',
    '1w',
    '1D',
    ' 1d',
    '1d ',
    '1d\n',
    '1000000d',
    '1h30m',
  ])('refuses %j', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});
