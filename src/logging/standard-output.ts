import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';

const STANDARD_OUTPUT = 1;
/** What waits for a reader that does not read; further lines are dropped, so that they never fill the memory. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Standard output for log lines: for people if it is a terminal, else as JSON. Requests do not wait for it: lines are
 * written together as soon as the write before has ended, and at the exit. A process that is killed loses those of that
 * moment, as said in https://getpino.io/#/docs/asynchronous.
 */
export async function standardOutput(): Promise<DestinationStream> {
  const output = pino.destination({ dest: STANDARD_OUTPUT, sync: false, maxLength: WAITING_MAX_BYTES });
  if (!isatty(STANDARD_OUTPUT)) return output;
  // Imported here, so that a service without a terminal never loads it.
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({ translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname' });
  return { write: (line) => void output.write(format(line)) };
}
