import { vi } from 'vitest';
import { type Paydesk, type PaydeskOptions, startPaydesk } from './paydesk.js';

/** Starts a Paydesk. Until it is closed, all intervals stand still, of workers and leases. */
export async function startWithoutTimers(options: PaydeskOptions): Promise<Paydesk> {
  const startTimers = stopTimers();
  try {
    const paydesk = await startPaydesk(options);
    return { ...paydesk, close: () => paydesk.close().finally(startTimers) };
  } catch (error) {
    // Other files run in this process too.
    startTimers();
    throw error;
  }
}

/** @returns how to let them go on */
function stopTimers(): () => void {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  // Otherwise each `expect.poll` lets them run for as long as it waits.
  const isFake = vi.spyOn(vi, 'isFakeTimers').mockReturnValue(false);
  return () => {
    isFake.mockRestore();
    vi.useRealTimers();
  };
}
