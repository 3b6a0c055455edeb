import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';

const POLL_MS = 500;
const PROGRESS_MS = 5_000;

/**
 * Reads a state again and again until nothing is left, and gives up after a time without progress: how long all of it takes
 * depends on the machine.
 *
 * @param countLeft how much is left in a state
 * @returns the last state
 */
export async function untilDone<State>(
  { options }: Bench,
  read: () => Promise<State>,
  countLeft: (state: State) => number,
): Promise<State> {
  let least = Infinity;
  let progressAt = Date.now();
  let loggedAt = Date.now();
  for (;;) {
    const state = await read();
    const left = countLeft(state);
    if (left < least) [least, progressAt] = [left, Date.now()];
    if (left === 0 || Date.now() > progressAt + options.patienceMs) return state;
    if (Date.now() > loggedAt + PROGRESS_MS) {
      options.log(`${left} are left`);
      loggedAt = Date.now();
    }
    await delay(POLL_MS);
  }
}
