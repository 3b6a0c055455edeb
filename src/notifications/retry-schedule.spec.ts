import { describe, expect, it } from 'vitest';
import { retryWaitMs } from './retry-schedule.js';

const WAITS_SECONDS = ['5', '300'];

describe('the wait before a further attempt', () => {
  it('is up to a tenth longer, differently for each delivery', () => {
    for (const [index, seconds] of WAITS_SECONDS.entries()) {
      const waitsMs = Array.from({ length: 100 }, () => Number(retryWaitMs(WAITS_SECONDS, index + 1)));
      const shortestMs = Number(seconds) * 1000;
      expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(shortestMs);
      expect(Math.max(...waitsMs)).toBeLessThanOrEqual(shortestMs * 1.1);
      expect(new Set(waitsMs).size).toBeGreaterThan(90);
    }
  });

  it('does not exist after the last attempt', () => {
    expect(retryWaitMs(WAITS_SECONDS, 3)).toBeUndefined();
  });
});
