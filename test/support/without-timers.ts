import { type Paydesk, type PaydeskOptions, startPaydesk } from './paydesk.js';
import { stopTimers } from './stopped-timers.js';

/** Starts a Paydesk. Until it is closed, all intervals stand still, of workers and leases. */
export async function startWithoutTimers(options: PaydeskOptions): Promise<Paydesk> {
  const startTimers = stopTimers(['setInterval']);
  try {
    const paydesk = await startPaydesk(options);
    return { ...paydesk, close: () => paydesk.close().finally(startTimers) };
  } catch (error) {
    // Other files run in this process too.
    startTimers();
    throw error;
  }
}
