import { describe, expect, it } from 'vitest';
import { isLastAttempt, retryDelayMs } from './event-retries.js';

const HOUR_MS = 60 * 60 * 1000;

describe('the attempts to handle an event', () => {
  it('follow after 1, 2, 4 seconds and so on, up to 15 minutes', () => {
    expect([1, 2, 3, 4].map(retryDelayMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect([10, 11, 104].map(retryDelayMs)).toEqual([512_000, 900_000, 900_000]);
  });

  it('end after about a day', () => {
    let [attempts, totalMs] = [1, 0];
    for (; !isLastAttempt(attempts); attempts += 1) totalMs += retryDelayMs(attempts);
    expect(totalMs / HOUR_MS).toBeGreaterThan(23);
    expect(totalMs / HOUR_MS).toBeLessThan(25);
  });
});
