import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';

const STANDARD_OUTPUT = 1;
/** What waits for a reader that does not read; further lines are dropped, so that they never fill the memory. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;

/** Those of about 20 requests are written together: `npm run bench -- --only without-log` shows what they cost. */
const WRITTEN_AT_ONCE_BYTES = 8 * 1024;
const WRITTEN_AT_LEAST_EVERY_MS = 100;

/**
 * Standard output for log lines: for people if it is a terminal, else as JSON. Requests do not wait for it. Lines are
 * written once there are 8 KiB of them, after 100 ms, and at the exit. A process that is killed loses those of the last
 * 100 ms, as said in https://getpino.io/#/docs/asynchronous.
 */
export async function standardOutput(): Promise<DestinationStream> {
  const output = pino.destination({
    dest: STANDARD_OUTPUT,
    sync: false,
    minLength: WRITTEN_AT_ONCE_BYTES,
    periodicFlush: WRITTEN_AT_LEAST_EVERY_MS,
    maxLength: WAITING_MAX_BYTES,
  });
  if (!isatty(STANDARD_OUTPUT)) return output;
  // Imported here, so that a service without a terminal never loads it.
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({ translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
  return { write: (line) => void output.write(format(line)) };
}
