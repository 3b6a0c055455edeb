import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLookUpConclusive, maySendAgain, retryDelayMs } from './retry-policy.js';

describe('retryDelayMs', () => {
  it('doubles from a second', () => {
    expect([1, 2, 3, 4, 5].map(retryDelayMs)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
  });

  it("is at most 15 s, so that operations end within a minute of Stripe's recovery", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (attempts) => {
        expect(retryDelayMs(attempts)).toBeLessThanOrEqual(15_000);
        expect(retryDelayMs(attempts + 1)).toBeGreaterThanOrEqual(retryDelayMs(attempts));
      }),
    );
  });
});

describe('isLookUpConclusive', () => {
  it.each([
    [0, false],
    [14_999, false],
    [15_000, true],
  ])('after %d ms is %s: Stripe may still be working after a failure', (lookedForMs, expected) => {
    expect(isLookUpConclusive(lookedForMs)).toBe(expected);
  });
});

describe('maySendAgain', () => {
  const sentAt = new Date('2026-11-22T00:00:00Z');

  it.each([
    ['2026-11-22T00:00:00Z', true],
    ['2026-11-22T22:59:59Z', true],
    ['2026-11-22T23:00:00Z', false],
    ['2026-11-23T00:00:00Z', false],
  ])('at %s is %s: Stripe forgets a key after a day', (now, expected) => {
    expect(maySendAgain(sentAt, new Date(now))).toBe(expected);
  });
});
