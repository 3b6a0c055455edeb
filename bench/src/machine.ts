import { cpus, loadavg, totalmem } from 'node:os';
import { SERVER_CORE } from './start-process.js';

/** The machine of a run, and how busy it is: figures of another machine, or at another load, say little about this one. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return `${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${memory}, load average ${loadavg()[0]?.toFixed(1)}`;
}

/** The time for which the cores of the load were busy so far, in milliseconds for each of them. */
export function otherCoresBusyMs(): number {
  const others = cpus().filter((_, core) => core !== SERVER_CORE);
  const busyMs = others.map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return busyMs.reduce((sum, ms) => sum + ms, 0) / others.length;
}
