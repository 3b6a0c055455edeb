import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.js';

const SAMPLE_MS = 20;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A loop whose timer is late by as much as a test says. */
function loop() {
  let nowMs = 0;
  const delay = new EventLoopDelay(() => nowMs);
  const tick = (lateMs: number, times = 1) => {
    for (let i = 0; i < times; i += 1) {
      nowMs += SAMPLE_MS + lateMs;
      vi.advanceTimersByTime(SAMPLE_MS);
    }
  };
  return { delay, tick };
}

it('is none if the timer is on time', () => {
  const { delay, tick } = loop();
  tick(0, 10);
  expect(delay.averageMs).toBe(0);
});

it('is a quarter of one long task, and falls quickly', () => {
  const { delay, tick } = loop();
  tick(400);
  expect(delay.averageMs).toBe(100);
  tick(0, 8);
  expect(delay.averageMs).toBeCloseTo(10.01);
});

it('comes close to a delay that lasts', () => {
  const { delay, tick } = loop();
  tick(200, 10);
  expect(delay.averageMs).toBeCloseTo(188.74);
});

it('is not measured any more after a stop', () => {
  const { delay, tick } = loop();
  delay.stop();
  tick(400, 4);
  expect(delay.averageMs).toBe(0);
});
