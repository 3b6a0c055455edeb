import { vi } from 'vitest';

/** Stops all intervals, of workers and leases. @returns how to let them go on */
export function stopTimers(): () => void {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  // Otherwise each `expect.poll` lets them run for as long as it waits.
  const isFake = vi.spyOn(vi, 'isFakeTimers').mockReturnValue(false);
  return () => {
    isFake.mockRestore();
    vi.useRealTimers();
  };
}
