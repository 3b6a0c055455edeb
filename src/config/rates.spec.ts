import { describe, expect, it } from 'vitest';
import { CARD_TESTING_BRAKE, type RateLimitName, RATE_LIMITS, ratesOf } from './rates.js';

describe('ratesOf', () => {
  it('reads counts and windows', () => {
    expect(ratesOf(CARD_TESTING_BRAKE, CARD_TESTING_BRAKE)).toEqual({
      attempts: { count: 10, windowMs: 60_000 },
      declines: { count: 5, windowMs: 3_600_000 },
      'setup-intents': { count: 60, windowMs: 3_600_000 },
      partner: { count: 20, windowMs: 600_000 },
    });
  });

  it('keeps the default of what is left out', () => {
    const rates = ratesOf<RateLimitName>('read:600/30s, write:7/1d', RATE_LIMITS);
    expect(rates?.read).toEqual({ count: 600, windowMs: 30_000 });
    expect(rates?.write).toEqual({ count: 7, windowMs: 86_400_000 });
    expect(rates?.admin).toEqual({ count: 120, windowMs: 60_000 });
  });

  it('is undefined if off', () => {
    expect(ratesOf('off', RATE_LIMITS)).toBeUndefined();
  });
});
