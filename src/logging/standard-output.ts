import { type DestinationStream, pino } from 'pino';

/** What waits for a reader that does not read; further lines are dropped, so that they never fill the memory. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Standard output for log lines. Requests do not wait for it: lines are written together as soon as the write before has
 * ended, and at the exit. A process that is killed loses those of that moment, as said in
 * https://getpino.io/#/docs/asynchronous.
 */
export function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, maxLength: WAITING_MAX_BYTES });
}
