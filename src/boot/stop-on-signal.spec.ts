import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stopAll } from './stop-on-signal.js';

const HANGS = () => new Promise<void>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('runs the later stops although an earlier one hangs, within 30 seconds', async () => {
  const stopDatabase = vi.fn<() => Promise<void>>(async () => undefined);
  const stopped = stopAll({ stops: [HANGS, HANGS, stopDatabase] });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stopDatabase).toHaveBeenCalledOnce();
  expect(await stopped).toBe(false);
});

it('succeeds if all stops do', async () => {
  expect(await stopAll({ stops: [async () => undefined, async () => undefined] })).toBe(true);
});
