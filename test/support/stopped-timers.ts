import { vi } from 'vitest';

type Timers = NonNullable<Parameters<typeof vi.useFakeTimers>[0]>['toFake'];

/**
 * Stops timers of a kind: they run only if a test advances them, and not while `expect.poll` waits, which otherwise advances
 * fake timers.
 *
 * @returns how to let them go on
 */
export function stopTimers(toFake: Timers): () => void {
  vi.useFakeTimers({ toFake });
  const isFake = vi.spyOn(vi, 'isFakeTimers').mockReturnValue(false);
  return () => {
    isFake.mockRestore();
    vi.useRealTimers();
  };
}
